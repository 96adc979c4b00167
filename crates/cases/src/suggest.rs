//! The three matters that a reporter is offered as buttons: from what is written, from what the place usually
//! has at this hour, from what the person reported lately, and from what is reported most.
//!
//! Never here: a guess about people. A matter of which no photo may be taken is suggested from words alone,
//! so that no place becomes known for those who need help there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::MatterKey;
use crate::catalogue::{Catalogue, Matter, PhotoRule};
use crate::text_enum::text_enum;

/// Matters on buttons (experience.md).
pub const SUGGESTED: usize = 3;

/// Reports at a place and hour from which on its habits count in full.
const SURE_FROM_REPORTS: u32 = 10;
/// Of the person's own reports, those that are looked at.
const OWN_LOOKED_AT: usize = 5;

/// What the words may weigh: more than all else together.
const WORDS_WEIGHT: f64 = 4.0;
/// What the habits of the place may weigh.
const HERE_WEIGHT: f64 = 1.5;
/// What the person's own reports may weigh.
const OWN_WEIGHT: f64 = 0.3;
/// What frequency in general may weigh.
const COMMON_WEIGHT: f64 = 0.5;

text_enum! {
    /// Why a matter is suggested.
    SuggestReason {
        /// Often reported around here at this hour.
        HereOften = "here-often",
        /// From the words.
        Words = "words",
        /// Reported lately by this person.
        Own = "own",
        /// Among what is reported most.
        Common = "common",
    }
}

/// What a suggestion is made from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// How often each matter was filed around here at about this hour.
    pub here: &'a [(MatterKey, u32)],
    /// What is written so far.
    pub words: &'a str,
    /// What this person reported lately, latest first.
    pub own: &'a [MatterKey],
}

/// A matter, and why it is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suggestion {
    /// Which matter.
    pub matter: MatterKey,
    /// What spoke for it most.
    pub reason: SuggestReason,
}

/// The matters that fit best, at most `count`, best first. Without any evidence: what is reported most.
#[must_use]
pub fn suggest(evidence: &Evidence<'_>, count: usize) -> Vec<Suggestion> {
    let catalogue = Catalogue::standard();
    let spoken: Vec<(&Matter, u32)> =
        catalogue.offered().map(|matter| (matter, matter.spoken_of(evidence.words))).collect();
    let loudest = spoken.iter().map(|(_, strength)| *strength).max().unwrap_or(0);
    let mut scored: Vec<(f64, Suggestion, u8)> = spoken
        .into_iter()
        .filter_map(|(matter, strength)| {
            let words = share(strength, loudest) * WORDS_WEIGHT;
            let (score, reason) = weigh(matter, words, evidence)?;
            let rank = matter.common.unwrap_or(u8::MAX);
            Some((score, Suggestion { matter: matter.key, reason }, rank))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.1.matter).cmp(&(b.2, b.1.matter))));
    scored.into_iter().take(count).map(|(_, suggestion, _)| suggestion).collect()
}

/// All that speaks for a matter, and what speaks for it most; none when nothing does.
fn weigh(matter: &Matter, words: f64, evidence: &Evidence<'_>) -> Option<(f64, SuggestReason)> {
    let mut parts = vec![(words, SuggestReason::Words)];
    if matter.photo != PhotoRule::Never {
        let all: u32 =
            evidence.here.iter().map(|(_, count)| count).fold(0, |sum, count| sum.saturating_add(*count));
        let own_here = evidence.here.iter().filter(|(key, _)| *key == matter.key);
        let here: u32 = own_here.map(|(_, count)| count).fold(0, |sum, count| sum.saturating_add(*count));
        // One report at a place is chance, ten are a habit.
        let sure = share(all.min(SURE_FROM_REPORTS), SURE_FROM_REPORTS);
        parts.push((share(here, all) * sure * HERE_WEIGHT, SuggestReason::HereOften));
        if evidence.own.iter().take(OWN_LOOKED_AT).any(|key| *key == matter.key) {
            parts.push((OWN_WEIGHT, SuggestReason::Own));
        }
        if let Some(rank) = matter.common {
            parts.push((COMMON_WEIGHT / f64::from(rank), SuggestReason::Common));
        }
    }
    let score: f64 = parts.iter().map(|(weight, _)| weight).sum();
    let (_, reason) = parts.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score > 0.0).then_some((score, reason))
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> MatterKey {
        text.parse().unwrap()
    }

    fn first(evidence: &Evidence<'_>) -> Vec<(String, SuggestReason)> {
        let suggested = suggest(evidence, SUGGESTED);
        suggested.iter().map(|one| (one.matter.to_string(), one.reason)).collect()
    }

    #[test]
    fn knowing_nothing_it_offers_what_is_reported_most() {
        let common = |key: &str| (key.to_owned(), SuggestReason::Common);
        let expected = [common("matter-06-010"), common("matter-09-010"), common("matter-09-009")];
        assert_eq!(first(&Evidence::default()), expected);
        assert_eq!(suggest(&Evidence::default(), 0), []);
    }

    #[test]
    fn a_habit_of_the_place_counts_more_the_surer_it_is() {
        let lamp = key("matter-01-037");
        let once = [(lamp, 1)];
        assert_ne!(first(&Evidence { here: &once, ..Evidence::default() })[0].0, "matter-01-037");
        let often = [(lamp, 12), (key("matter-06-010"), 3)];
        let offered = first(&Evidence { here: &often, ..Evidence::default() });
        assert_eq!(offered[0], ("matter-01-037".to_owned(), SuggestReason::HereOften));
        // Words say more than any place.
        let offered = first(&Evidence { here: &often, words: "井盖没了", ..Evidence::default() });
        assert_eq!(offered[0], ("matter-01-003".to_owned(), SuggestReason::Words));
    }

    #[test]
    fn no_place_becomes_known_for_people_in_need() {
        let here = [(key("matter-90-004"), 100), (key("matter-09-003"), 100)];
        let own = [key("matter-90-004")];
        for (matter, _) in first(&Evidence { here: &here, own: &own, words: "" }) {
            assert!(matter != "matter-90-004" && matter != "matter-09-003");
        }
        let asked = first(&Evidence { words: "一位老人需要帮助", ..Evidence::default() });
        assert_eq!(asked[0].0, "matter-90-004");
    }

    /// Prints how many sentences find their matter among three and in the first place; true from 80 % on.
    fn found<'a>(sentences: impl Iterator<Item = (MatterKey, &'a str)>) -> bool {
        let (mut all, mut hits, mut firsts) = (0, 0, 0);
        for (matter, words) in sentences {
            let offered = suggest(&Evidence { words, ..Evidence::default() }, SUGGESTED);
            let place = offered.iter().position(|one| one.matter == matter);
            all += 1;
            firsts += usize::from(place == Some(0));
            hits += usize::from(place.is_some());
            if place.is_none() {
                println!(
                    "{words}: {matter} is not in {:?}",
                    offered.iter().map(|one| one.matter).collect::<Vec<_>>()
                );
            }
        }
        println!("of {all} sentences {hits} find their matter among three, {firsts} in the first place");
        hits * 100 >= all * 80
    }

    /// The sentences that the simulated town's riders write. The lists of words were made with them at hand,
    /// so this is the best that can be expected, not what strangers' words will get.
    #[test]
    fn the_towns_sentences_lead_to_their_matter() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../sim/data/kinds.csv");
        let mut reader = csv::Reader::from_path(path).unwrap();
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert!(found(rows.iter().flat_map(|row| row[5].split('|').map(|words| (key(&row[0]), words)))));
    }

    /// Sentences written after the lists of words. Of these 40, 32 found their matter at first; the lists
    /// have learnt from the others since, so strangers' words may be expected to do as well as those did.
    #[test]
    fn other_sentences_lead_to_their_matter_too() {
        let sentences = "
            06-010 刚路过，巷子口扔得到处都是垃圾
            06-010 有人把厨余直接倒在路边，苍蝇很多
            06-042 小区北门的垃圾桶又爆满了
            09-010 单元门口电瓶车横七竖八，进不去人
            09-010 地铁口自行车堵得走不过去
            09-009 有辆白色SUV堵着小区出口
            09-009 路口转弯处一直停着一辆面包车
            06-013 这儿有个深坑，晚上过来差点翻车
            06-013 人行道地砖松了，一踩溅一身水
            01-003 井盖塌下去了，电动车压过去很危险
            01-003 路中间井盖没盖好，一直哐哐响
            01-037 桥下那排路灯黑了快一周
            01-037 晚上这段路没有灯，看不清
            09-012 商场后面消防通道停了三辆车
            90-001 有住户从窗户甩下来一根线给车充电
            10-002 路边有根光缆断了，拖在地上
            10-002 头顶的线快碰到外卖箱了
            09-006 早上一堆卖早点的车子占着车道
            09-005 饭馆把桌椅都摆到人行道上了
            01-004 一下雨这里就积水，下水口全是树叶
            02-014 路口信号灯一直闪黄灯
            02-014 过马路的灯不变绿
            04-002 昨晚大风把树刮倒了
            06-030 洗车店的水流得满街都是
            06-036 楼道被鞋柜和纸板占满了
            08-002 修路没放警示牌，差点冲进去
            08-004 工地旁边尘土飞扬，眼睛睁不开
            07-001 电线杆上全是办证的贴纸
            02-017 中间的栏杆被撞弯了一截
            01-013 消防栓一直在漏水
            90-002 邻居又把电瓶车推上楼了
            90-004 有位大爷坐在路边，说不记得家在哪
            06-051 盲道中间断开了，还立了根杆子
            01-001 地下水管好像爆了，水往上涌
            01-075 外卖柜打不开，餐取不出来
            10-001 桥上结了一层冰，刚滑倒一个人
            06-011 装修的碎砖头堆在路边好久了
            09-011 共享单车把路口堵死了
            06-020 田边有人烧秸秆，烟很大
            03-001 公共厕所没水，很脏";
        let line = |line: &'static str| {
            let (code, words) = line.trim().split_once(' ').unwrap();
            (key(&format!("matter-{code}")), words)
        };
        assert!(found(sentences.trim().lines().map(line)));
    }
}
