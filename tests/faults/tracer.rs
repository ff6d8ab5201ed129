//! A program under a tracer that lets one of its calls to the file system fail: whatever makes the call, a library or the
//! program itself. Linux on x86-64.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails, once.
    Once(i32),
    /// Half of it is written, if it writes; from then on there is no room.
    Full,
    /// The process is killed before it.
    Kill,
}

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its status; `None` if it was killed.
    pub status: Option<i32>,
    /// What it said.
    pub stderr: String,
    /// Calls that change a file, a folder or a name below the watched folder.
    pub calls: usize,
    /// The one that failed.
    pub failed: String,
}

/// Calls whose first argument is an open file.
const BY_FILE: [i64; 8] = [
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_copy_file_range,
];

/// Calls whose first argument is a path, or whose second one is.
const BY_FIRST: [i64; 6] = [
    libc::SYS_open,
    libc::SYS_creat,
    libc::SYS_rename,
    libc::SYS_unlink,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
];
const BY_SECOND: [i64; 5] =
    [libc::SYS_openat, libc::SYS_renameat, libc::SYS_renameat2, libc::SYS_unlinkat, libc::SYS_mkdirat];

/// Runs a program whose folder is `place`; call number `at`, from 0, meets its fault. An error if the system does not let
/// this one trace another.
pub fn run(command: &mut Command, place: &Path, fault: Option<(usize, Fault)>) -> io::Result<Ended> {
    let said = tempfile::NamedTempFile::new()?;
    command.current_dir(place).stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.reopen()?);
    // SAFETY: between fork and exec only calls to the system are made, of memory that is there.
    unsafe { command.pre_exec(be_traced) };
    let child = command.spawn()?;
    let mut tracer = Tracer {
        main: child.id() as i32,
        place,
        fault,
        calls: 0,
        failed: String::new(),
    };
    let status = tracer.follow()?;
    Ok(Ended {
        status,
        stderr: String::from_utf8_lossy(&std::fs::read(said.path())?).into_owned(),
        calls: tracer.calls,
        failed: tracer.failed,
    })
}

fn succeeded(result: i64) -> io::Result<()> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Asks for the tracer to be stopped at, and for a stop at each of the calls.
fn be_traced() -> io::Result<()> {
    let calls = BY_FILE.iter().chain(&BY_FIRST).chain(&BY_SECOND);
    let count = BY_FILE.len() + BY_FIRST.len() + BY_SECOND.len();
    let code = |code, jt, k| libc::sock_filter { code, jt, jf: 0, k };
    // Loads the call's number; jumps to the last line where it is one of these.
    let mut filter = [code(0x20, 0, 0); 24];
    for (line, call) in calls.enumerate() {
        filter[line + 1] = code(0x15, (count - line) as u8, *call as u32);
    }
    filter[count + 1] = code(0x06, 0, libc::SECCOMP_RET_ALLOW);
    filter[count + 2] = code(0x06, 0, libc::SECCOMP_RET_TRACE);
    let program = libc::sock_fprog {
        len: (count + 3) as u16,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: the filter outlives the call, which copies it.
    unsafe {
        succeeded(libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0))?;
        succeeded(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
        let mode = libc::SECCOMP_MODE_FILTER;
        succeeded(libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program).into())
    }
}

struct Tracer<'a> {
    main: i32,
    place: &'a Path,
    fault: Option<(usize, Fault)>,
    calls: usize,
    failed: String,
}

impl Tracer<'_> {
    fn follow(&mut self) -> io::Result<Option<i32>> {
        loop {
            let mut status = 0;
            // SAFETY: it writes the status and nothing else. Only children of this thread: tests run side by side.
            let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
            succeeded(pid.into())?;
            if libc::WIFEXITED(status) && pid == self.main {
                return Ok(Some(libc::WEXITSTATUS(status)));
            }
            if libc::WIFSIGNALED(status) && pid == self.main {
                return match libc::WTERMSIG(status) {
                    libc::SIGKILL => Ok(None),
                    signal => Ok(Some(128 + signal)),
                };
            }
            if libc::WIFSTOPPED(status) {
                self.stopped(pid, status);
            }
        }
    }

    /// Lets a thread go on. One that a kill has overtaken is not there any more, which its own end says.
    fn stopped(&mut self, pid: i32, status: i32) {
        let signal = match (status >> 16, libc::WSTOPSIG(status)) {
            (libc::PTRACE_EVENT_SECCOMP, _) => {
                self.call(pid);
                0
            }
            (0, libc::SIGTRAP) => {
                let options = libc::PTRACE_O_TRACECLONE | libc::PTRACE_O_TRACESECCOMP | libc::PTRACE_O_EXITKILL;
                // SAFETY: the thread is stopped, and this one is its tracer.
                unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, pid, 0, options) };
                0
            }
            (0, libc::SIGSTOP) => 0,
            (0, signal) => signal,
            _ => 0,
        };
        // SAFETY: as above.
        unsafe { libc::ptrace(libc::PTRACE_CONT, pid, 0, signal) };
    }

    fn call(&mut self, pid: i32) {
        // SAFETY: registers are numbers, for which zero is a value.
        let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
        // SAFETY: the thread is stopped, this one is its tracer, and there is room for its registers.
        unsafe { libc::ptrace(libc::PTRACE_GETREGS, pid, 0, &raw mut registers) };
        let number = registers.orig_rax as i64;
        let Some(path) = changed(pid, number, &registers).filter(|p| self.is_watched(p)) else {
            return;
        };
        let now = self.calls;
        self.calls += 1;
        let Some((at, fault)) = self.fault.filter(|&(at, _)| now >= at) else {
            return;
        };
        if now == at {
            self.failed = format!("call {number} on {}", path.display());
        }
        let is_write = number == libc::SYS_write;
        match fault {
            Fault::Kill => {
                // SAFETY: it is a child of this process that has not been waited for.
                unsafe { libc::kill(self.main, libc::SIGKILL) };
                return;
            }
            Fault::Full if is_write && now == at => registers.rdx /= 2,
            Fault::Full if takes_room(number) => refuse(&mut registers, libc::ENOSPC),
            Fault::Once(error) if now == at => refuse(&mut registers, error),
            _ => return,
        }
        // SAFETY: as above.
        unsafe { libc::ptrace(libc::PTRACE_SETREGS, pid, 0, &raw const registers) };
    }

    fn is_watched(&self, path: &Path) -> bool {
        self.place.join(path).starts_with(self.place)
    }
}

/// The call is not made: its answer is the error.
fn refuse(registers: &mut libc::user_regs_struct, error: i32) {
    registers.orig_rax = u64::MAX;
    registers.rax = i64::from(-error) as u64;
}

fn takes_room(number: i64) -> bool {
    ![
        libc::SYS_unlink,
        libc::SYS_unlinkat,
        libc::SYS_rmdir,
        libc::SYS_ftruncate,
        libc::SYS_rename,
        libc::SYS_renameat,
        libc::SYS_renameat2,
    ]
    .contains(&number)
}

/// What a call changes; `None` if it only reads.
fn changed(pid: i32, number: i64, registers: &libc::user_regs_struct) -> Option<PathBuf> {
    if BY_FILE.contains(&number) {
        let file = format!("/proc/{pid}/fd/{}", registers.rdi);
        return std::fs::read_link(file).ok();
    }
    let flags = match number {
        libc::SYS_open => registers.rsi,
        libc::SYS_openat => registers.rdx,
        _ => libc::O_CREAT as u64,
    };
    let writes = libc::O_CREAT | libc::O_TRUNC | libc::O_WRONLY | libc::O_RDWR;
    if flags & writes as u64 == 0 {
        return None;
    }
    let address = match BY_FIRST.contains(&number) {
        true => registers.rdi,
        false => registers.rsi,
    };
    let memory = File::open(format!("/proc/{pid}/mem")).ok()?;
    let mut bytes = Vec::new();
    for place in address.. {
        let mut byte = [0];
        memory.read_exact_at(&mut byte, place).ok()?;
        if byte == [0] {
            break;
        }
        bytes.push(byte[0]);
    }
    Some(OsStr::from_bytes(&bytes).into())
}
