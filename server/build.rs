//! The pages and the migrations are inside the binary: it is built again when they change.

fn main() {
    println!("cargo:rerun-if-changed=../web/dist");
    println!("cargo:rerun-if-changed=migrations");
}
