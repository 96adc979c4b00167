//! Every template renders in every language. That every text is there and used, `cargo xtask tidy` checks.

#[test]
fn every_template_renders_in_every_language_with_sample_data() {
    let faults = qige_web::try_every_template();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
