//! `luckflow completions`: what shells and `man` want to know, from the command line's own declaration.

use super::{Cli, Failure};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::{self, Write};

/// For whom.
#[derive(Args)]
pub struct Arguments {
    /// A shell, or man for a manual page
    #[arg(value_name = "SHELL", value_parser = ["bash", "elvish", "fish", "powershell", "zsh", "man"])]
    reader: String,
}

/// Prints it.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let mut command = Cli::command();
    let mut text = Vec::new();
    match arguments.reader.parse::<Shell>() {
        Ok(shell) => clap_complete::generate(shell, &mut command, "luckflow", &mut text),
        Err(_) => manual(command, &mut text).map_err(Failure::runtime)?,
    }
    match io::stdout().write_all(&text) {
        // A reader who has gone has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::runtime(error)),
        _ => Ok(()),
    }
}

/// The page of the program, then the options of each verb.
fn manual(mut command: clap::Command, text: &mut Vec<u8>) -> io::Result<()> {
    command.build();
    clap_mangen::Man::new(command.clone()).render(text)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let page = clap_mangen::Man::new(verb.clone());
        writeln!(text, ".SH LUCKFLOW {}", verb.get_name().to_uppercase())?;
        let mut section = Vec::new();
        page.render_description_section(&mut section)?;
        page.render_synopsis_section(&mut section)?;
        page.render_options_section(&mut section)?;
        let section = String::from_utf8_lossy(&section).replace(".SH ", ".SS ");
        text.write_all(section.as_bytes())?;
    }
    Ok(())
}
