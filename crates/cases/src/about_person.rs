//! A report is about a place or a thing (domain.md §2.1). Words that can only speak of a person, as
//! suspected, ill, believing or petitioning, are not taken down at all.
//!
//! Whole phrases, and few of them: `精神病院门口的井盖` is about a manhole. What is missed, a dispatcher declines
//! as `about-person`.

/// Phrases that speak of a person, spaces aside.
const PHRASES: &[&str] = &[
    "可疑人员",
    "可疑的人",
    "可疑人物",
    "可疑男",
    "可疑女",
    "形迹可疑",
    "鬼鬼祟祟",
    "上访户",
    "上访人员",
    "去上访",
    "信访户",
    "缠访",
    "重点人员",
    "重点人口",
    "刑满释放",
    "刑释",
    "社矫人员",
    "吸毒人员",
    "有人吸毒",
    "在吸毒",
    "精神病人",
    "精神病患者",
    "神经病人",
    "疯子",
    "艾滋病人",
    "传染病人",
    "有传染病的",
    "邪教人员",
    "信邪教",
    "在传教",
    "信教的",
    "像小偷",
    "像是小偷",
    "疑似小偷",
    "卖淫",
    "嫖娼",
];

/// Whether a text speaks of a person and not of a place or a thing.
#[must_use]
pub(crate) fn speaks_of_a_person(text: &str) -> bool {
    let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    PHRASES.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_told_from_places() {
        for text in ["桥下有个形迹可疑的人", "3号楼住着上访户", "隔壁 是个 精神病人", "这家人信邪教"]
        {
            assert!(speaks_of_a_person(text), "{text}");
        }
        for text in [
            "精神病院门口的井盖没了",
            "信访局门前路灯不亮",
            "反邪教宣传栏玻璃碎了",
            "路边有可疑物品，像没人要的行李",
            "结冰了，有人摔倒",
            "流浪狗翻垃圾桶",
            "戒毒所外墙渗水",
            "一位老人需要帮助",
        ] {
            assert!(!speaks_of_a_person(text), "{text}");
        }
    }
}
