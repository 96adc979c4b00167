//! The communities and villages, from the list that the product brings along or from a pasted one.

use qige_db::Asker;
use qige_kernel::Refusal;
use qige_places::divisions::{self, SeedDivisions};
use qige_places::{DivisionCode, DivisionLevel, Edit};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ROLE, require_code};
use crate::{Access, Cx, Done, Fault, Input, LongText, Routes, Text};

/// The columns of a list.
pub(super) const HEADER: &str = "code,name,kind,parent\n";
/// Digits of a code that name the county.
const COUNTY_DIGITS: usize = 6;

pub(super) fn routes() -> Routes {
    Routes::of("setup").post("/setup/communities", Access::SettingUp, "Communities and villages", put)
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Communities {
    /// A list with the columns code, name, kind and parent; from a spreadsheet, with tabs between them.
    list: LongText,
}

/// The list for a subdistrict that the product knows: its county, itself, and what lies in it.
pub(super) fn known_list(code: Option<&str>) -> Option<String> {
    let code: DivisionCode = code?.parse().ok()?;
    if code.level() != DivisionLevel::Subdistrict {
        return None;
    }
    let county = code.as_str().get(..COUNTY_DIGITS)?;
    let rows = divisions::read(divisions::DONGHAI).ok()?;
    let wanted = |found: &str| found == county || found.starts_with(code.as_str());
    let mut list = HEADER.to_owned();
    let mut inside = 0_usize;
    for row in rows.iter().filter(|row| wanted(row.code.as_str())) {
        let kind = serde_json::to_value(row.kind).ok()?;
        let (kind, parent) = (kind.as_str()?, row.parent.as_deref().unwrap_or_default());
        list.push_str(&format!("{},{},{kind},{parent}\n", row.code, row.name));
        inside += usize::from(row.code.level() == DivisionLevel::Community);
    }
    (inside > 0).then_some(list)
}

/// Tabs become commas, a list without its columns' names gets them, and empty lines go.
fn tidied(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<String> = lines.map(|line| line.replace(['\t', '，'], ",")).collect();
    let named = lines.first().is_some_and(|line| line.to_ascii_lowercase().starts_with("code"));
    let wide = lines.iter().map(|line| line.split(',').count()).max().unwrap_or_default();
    let header: Vec<&str> = HEADER.trim().split(',').take(wide.max(2)).collect();
    let body = lines.join("\n");
    if named { body } else { format!("{}\n{body}", header.join(",")) }
}

async fn put(cx: Cx, input: Input<Communities>) -> Result<Done, Fault> {
    require_code(&cx)?;
    let at_list = |refusal: Refusal| Fault::from(refusal).at("list");
    let rows = divisions::read(&tidied(&input.value.list.0)).map_err(at_list)?;
    if rows.is_empty() {
        return Err(at_list(Refusal::invalid("list", "field-missing").with("field", "list")));
    }
    let (app, tenant) = (cx.app(), cx.tenant()?.id);
    let edit = Edit::new(cx.now(), ROLE, &app.entropy);
    let command = SeedDivisions::new(rows, edit, &app.entropy);
    let seeded = app.db.write(Asker::system(tenant), command).await?;
    let said =
        Text::of("setup-communities-done").with("n", seeded.added.saturating_add(seeded.changed).to_string());
    Ok(Done::see("/setup?step=people").saying(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_subdistrict_comes_with_its_communities_and_villages() {
        let list = known_list(Some("320722001")).unwrap();
        let rows = divisions::read(&list).unwrap();
        // 22 communities and 19 villages, the county and the subdistrict itself.
        assert_eq!(rows.len(), 43);
        assert_eq!(known_list(Some("110101001")), None);
        assert_eq!(known_list(None), None);
    }

    #[test]
    fn what_is_pasted_from_a_spreadsheet_is_read() {
        let rows = divisions::read(&tidied("320722001001\t甲社区\r\n\r\n320722001002\t乙社区")).unwrap();
        assert_eq!(rows.len(), 2);
        let rows = divisions::read(&tidied("code,name,kind\n320722001201,丙村,village")).unwrap();
        assert_eq!(rows.len(), 1);
    }
}
