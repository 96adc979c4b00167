//! How people call the field that a refusal speaks of: by the label that stands at it on the very page. Read
//! from the rendered page, so that no form has to say it twice and no table of names can fall behind.

/// What begins the summary of a refused form that knows its field (see `problem` in the components).
const SUMMARY: &str = "data-refused=\"";

/// The label of the field at fault, as HTML without tags; empty where the field has none, none where the page
/// shows no such field. Fields stand after the summary of their form, so an earlier form is not asked.
pub(super) fn of_field_at_fault(html: &str) -> Option<String> {
    let (_, after) = html.split_once(SUMMARY)?;
    let (field, form) = after.split_once('"')?;
    let (_, at) = form.split_once(&format!(" id=\"{field}\""))?;
    let own = form.split_once(&format!(" for=\"{field}\""));
    let label = own.and_then(|(_, rest)| rest.split_once('>')?.1.split_once("</label>"));
    // Several boxes to tick are named by what stands over them.
    let legend = || at.split_once('>')?.1.strip_prefix("<legend>")?.split_once("</legend>");
    Some(label.or_else(legend).map(|(label, _)| words(label)).unwrap_or_default())
}

/// Without tags, and without what stands small beside it ("optional").
fn words(label: &str) -> String {
    let label = label.split_once("<small").map_or(label, |(label, _)| label);
    let pieces = label.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, words)| words));
    pieces.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::of_field_at_fault;

    const FORM: &str = r#"<label for="f-name">Other</label><input id="f-name">
        <p data-refused="f-name">…</p>
        <label for="f-name"><svg/> The unit&#x27;s <b>name</b> <small>optional</small></label>
        <input id="f-name">
        <fieldset id="f-photos"><legend>Photos</legend></fieldset><p id="f-place">where</p>"#;

    fn label(field: &str) -> Option<String> {
        of_field_at_fault(&FORM.replace("data-refused=\"f-name\"", &format!("data-refused=\"{field}\"")))
    }

    #[test]
    fn a_field_is_called_as_its_label_or_legend_says() {
        assert_eq!(label("f-name").as_deref(), Some("The unit&#x27;s name"));
        assert_eq!(label("f-photos").as_deref(), Some("Photos"));
        assert_eq!(label("f-place").as_deref(), Some(""), "there, and without a label");
        assert_eq!(label("f-nowhere"), None);
        assert_eq!(of_field_at_fault("<p data-refused>…</p>"), None);
    }
}
