//! `vyezd-wasm-bindgen MODULE.wasm FOLDER NAME`: the JavaScript half of a wasm module, as `wasm-bindgen --target web`.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = &args[..] else {
        eprintln!("vyezd-wasm-bindgen MODULE.wasm FOLDER NAME");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let ready = bindgen.input_path(module).out_name(name).typescript(true);
    let ready = ready.remove_name_section(true).remove_producers_section(true);
    // As the command does: the module lies beside its JavaScript.
    let ready = ready.omit_default_module_path(false);
    match ready.web(true).and_then(|b| b.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
