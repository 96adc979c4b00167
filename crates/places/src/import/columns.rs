//! Which property of a feature is its code, its name, its parent.
//!
//! The usual names are those that grid offices use: English, pinyin initials of the national data standards
//! (XZQHBM 行政区划编码, WGMC 网格名称) and Chinese.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::options::Layer;
use super::read::RawFeature;

/// Longest example of what a column says, in characters.
const EXAMPLE_CHARS: usize = 30;

/// Columns chosen by name; none: the usual ones are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Columns {
    /// The code.
    #[serde(default)]
    pub code: Option<String>,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Code or name of the place that it lies in.
    #[serde(default)]
    pub parent: Option<String>,
}

/// Columns as they were found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnsFound {
    /// Properties read as the code, the first that is not blank.
    pub code: Vec<String>,
    /// As the name.
    pub name: Vec<String>,
    /// As the parent.
    pub parent: Vec<String>,
    /// All properties that any feature has.
    pub all: Vec<String>,
    /// The first thing that each of them says, shortened, for telling them apart.
    pub examples: BTreeMap<String, String>,
}

const GRID_CODES: &[&str] = &[
    "code",
    "gridcode",
    "grid_code",
    "grid_id",
    "gridid",
    "wgbm",
    "wgdm",
    "wg_code",
    "xzqhbm",
    "xzqhdm",
    "bm",
    "dm",
    "网格编码",
    "网格编号",
    "网格代码",
    "编码",
    "编号",
    "代码",
    "areacode",
];
const DIVISION_CODES: &[&str] = &[
    "code",
    "xzqhbm",
    "xzqhdm",
    "xzqdm",
    "adcode",
    "dm",
    "bm",
    "行政区划代码",
    "行政区划编码",
    "区划代码",
    "编码",
    "代码",
    "areacode",
];
const GRID_NAMES: &[&str] =
    &["name", "gridname", "grid_name", "wgmc", "wg_name", "mc", "网格名称", "名称", "areaname", "title"];
const COMMUNITY_NAMES: &[&str] = &[
    "cunshe",
    "sqmc",
    "csmc",
    "cunmc",
    "mz_csmc",
    "name",
    "mc",
    "社区名称",
    "村社名称",
    "名称",
    "社区",
    "areaname",
    "title",
];
const DIVISION_NAMES: &[&str] = &["name", "xzqmc", "mc", "zhenjie", "zjmc", "名称", "areaname", "title"];
const GRID_PARENTS: &[&str] = &[
    "community",
    "communitycode",
    "community_code",
    "parent",
    "cs_xzqhbm",
    "sqbm",
    "sqdm",
    "社区编码",
    "社区代码",
    "所属社区",
    "社区名称",
    "社区",
    "cunshe",
    "sqmc",
    "parentareaname",
];
const COMMUNITY_PARENTS: &[&str] = &["parent", "zj_xzqhbm", "街道代码", "所属街道", "街道"];

impl ColumnsFound {
    /// Looks through the features.
    pub(crate) fn find(features: &[RawFeature], chosen: &Columns, layer: Layer) -> Self {
        let all: BTreeSet<&str> =
            features.iter().flat_map(|feature| feature.properties.keys().map(String::as_str)).collect();
        let (codes, names, parents) = match layer {
            Layer::Grids => (GRID_CODES, GRID_NAMES, GRID_PARENTS),
            Layer::Communities => (DIVISION_CODES, COMMUNITY_NAMES, COMMUNITY_PARENTS),
            Layer::County | Layer::Subdistricts => (DIVISION_CODES, DIVISION_NAMES, &["parent"][..]),
        };
        let called = |name: &str| -> Vec<String> {
            let same = all.iter().filter(|column| column.to_lowercase() == name);
            same.map(|column| (*column).to_owned()).collect()
        };
        let pick = |chosen: &Option<String>, usual: &[&str]| match chosen {
            Some(column) => vec![column.clone()],
            None => usual.iter().flat_map(|name| called(name)).collect(),
        };
        // Codes of two systems must not be mixed: the first column that says anything is the only one.
        let said = |columns: &Vec<String>| {
            features.iter().any(|feature| first(&feature.properties, columns).is_some())
        };
        let code = match &chosen.code {
            Some(column) => vec![column.clone()],
            None => codes.iter().map(|name| called(name)).find(said).unwrap_or_default(),
        };
        Self {
            code,
            name: pick(&chosen.name, names),
            parent: pick(&chosen.parent, parents),
            examples: examples(features),
            all: all.into_iter().map(str::to_owned).collect(),
        }
    }
}

fn examples(features: &[RawFeature]) -> BTreeMap<String, String> {
    let mut examples = BTreeMap::new();
    for (column, text) in features.iter().flat_map(|feature| &feature.properties) {
        let text = text.trim();
        if !text.is_empty() && !examples.contains_key(column) {
            examples.insert(column.clone(), text.chars().take(EXAMPLE_CHARS).collect());
        }
    }
    examples
}

/// The first of `columns` that is not blank.
pub(crate) fn first<'a>(properties: &'a BTreeMap<String, String>, columns: &[String]) -> Option<&'a str> {
    columns
        .iter()
        .filter_map(|column| properties.get(column))
        .map(|text| text.trim())
        .find(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::read::RawFeature;

    fn feature(pairs: &[(&str, &str)]) -> RawFeature {
        let properties = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        RawFeature { properties, ..RawFeature::new(1) }
    }

    #[test]
    fn the_usual_names_are_found_in_their_order_whatever_their_case() {
        let features = [
            feature(&[("areaCode", "330106031102"), ("XZQHBM", ""), ("name", " 一格 ")]),
            feature(&[("XZQHBM", "330106012003002"), ("cunshe", "东山弄社区")]),
        ];
        let found = ColumnsFound::find(&features, &Columns::default(), Layer::Grids);
        assert_eq!(found.code, ["XZQHBM"]);
        assert_eq!(found.parent, ["cunshe"]);
        assert_eq!(found.examples["XZQHBM"], "330106012003002", "what is blank is no example");
        assert_eq!((found.examples["name"].as_str(), found.examples.len()), ("一格", 4));
        assert_eq!(first(&features[0].properties, &found.name), Some("一格"));
        assert_eq!(first(&features[1].properties, &found.code), Some("330106012003002"));
        assert_eq!(first(&features[1].properties, &found.name), None);
    }

    #[test]
    fn a_chosen_column_is_the_only_one() {
        let chosen = Columns { code: Some("ward".to_owned()), ..Columns::default() };
        let features = [feature(&[("ward", "12"), ("code", "x")])];
        let found = ColumnsFound::find(&features, &chosen, Layer::Grids);
        assert_eq!(first(&features[0].properties, &found.code), Some("12"));
        assert_eq!(found.all, ["code", "ward"]);
    }
}
