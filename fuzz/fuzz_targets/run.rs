#![no_main]

luckflow_fuzz::target!(run);
