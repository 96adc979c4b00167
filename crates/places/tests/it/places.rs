//! The rows of places.

use qige_db::testing::TestDb;
use qige_db::{Command, Db, Failure, db_test, journal};
use qige_kernel::{Entropy, PlaceId};
use qige_places::store::PlaceFilter;
use qige_places::{
    AddPlace, ChangePlace, MAX_REASON_CHARS, MergePlace, NewPlace, PlaceKind, RedrawPlace, SwitchPlace, store,
};

use crate::given::{NOW, edit, existing, id_of, others, seeded, shape, square, us};

fn add(entropy: &Entropy, code: &str, name: &str, parent: Option<PlaceId>) -> AddPlace {
    let (code, name) = (code.to_owned(), name.to_owned());
    let place = NewPlace { id: entropy.id(NOW), kind: PlaceKind::Grid, code, name, parent, shape: None };
    AddPlace { place, edit: edit(entropy) }
}

/// A community or village of which only code and name are said.
fn division(entropy: &Entropy, kind: PlaceKind, code: &str, name: &str) -> AddPlace {
    let command = add(entropy, code, name, None);
    AddPlace { place: NewPlace { kind, ..command.place }, ..command }
}

fn switch(entropy: &Entropy, id: PlaceId, active: bool, reason: &str) -> SwitchPlace {
    SwitchPlace { id, active, reason: reason.to_owned(), edit: edit(entropy) }
}

async fn refused<C: Command>(db: &Db, command: C) -> &'static str
where
    C::Output: std::fmt::Debug,
{
    match db.write(us(), command).await {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

async fn search(db: &Db, text: &'static str) -> Vec<String> {
    let filter = PlaceFilter { words: text.to_owned(), ..PlaceFilter::default() };
    page(db, filter, None, 50).await.into_iter().map(|listed| listed.place.code).collect()
}

async fn page(db: &Db, filter: PlaceFilter, after: Option<PlaceId>, limit: u32) -> Vec<store::Listed> {
    let found =
        db.read(us(), move |tx| Box::pin(async move { Ok(store::page(tx, &filter, after, limit).await?) }));
    found.await.unwrap()
}

async fn place(db: &Db, id: PlaceId) -> qige_places::Place {
    let found = db.read(us(), move |tx| Box::pin(async move { Ok(store::by_id(tx, id).await?) })).await;
    found.unwrap().unwrap()
}

async fn commands(db: &Db, id: PlaceId) -> Vec<String> {
    let stream = journal::Stream::new("place", id.0);
    let lines = db.read(us(), move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) })).await;
    lines.unwrap().into_iter().map(|line| line.command).collect()
}

#[db_test]
async fn every_statement_prepares(db: TestDb) {
    assert_eq!(qige_db::testing::unprepared(&db).await, Vec::<String>::new());
}

#[db_test]
async fn a_place_is_added_changed_and_switched(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let community = id_of(&db, "320722001001").await;
    let added = add(&entropy, " NS-1 ", "一号网格", Some(community));
    let id = db.write(us(), added.clone()).await.unwrap();
    assert_eq!(db.write(us(), added).await.unwrap(), id, "sent twice, it is one");
    let drawn = RedrawPlace { id, shape: shape(&square(0, 0)), edit: edit(&entropy) };
    db.write(us(), drawn).await.unwrap();
    db.write(us(), switch(&entropy, id, false, " 并入二号 ")).await.unwrap();
    let other = id_of(&db, "320722001005").await;
    let changed = ChangePlace {
        id,
        kind: PlaceKind::Grid,
        name: " 1号网格 ".to_owned(),
        parent: Some(other),
        spot: None,
        edit: edit(&entropy),
    };
    db.write(us(), changed.clone()).await.unwrap();
    db.write(us(), changed).await.unwrap();
    let drawn = db.read(us(), move |tx| Box::pin(async move { Ok(store::drawn_by_id(tx, id).await?) })).await;
    let drawn = drawn.unwrap().unwrap();
    let known = &drawn.place;
    assert_eq!((known.name.as_str(), known.parent, known.active), ("1号网格", Some(other), false));
    assert!(known.area_m2.unwrap() > 200_000.0 && drawn.shape.unwrap().is_same(&shape(&square(0, 0))));
    db.write(us(), switch(&entropy, id, true, "又用了")).await.unwrap();
    db.write(us(), switch(&entropy, id, true, "又用了")).await.unwrap();
    assert_eq!(existing(&db).await.revision, 6, "what changes nothing is no change");
    assert_eq!(commands(&db, id).await, ["add", "redraw", "switch-off", "change", "switch-on"]);
    let within = db.read(us(), move |tx| Box::pin(async move { Ok(store::within(tx, other).await?) }));
    assert_eq!(within.await.unwrap().len(), 1);
    let communities = db.read(us(), |tx| Box::pin(async move { Ok(store::communities(tx).await?) })).await;
    let counted = communities.unwrap().into_iter().find(|one| one.place.id == other).unwrap();
    assert_eq!(counted.grids, 1);
}

#[db_test]
async fn what_breaks_a_rule_is_refused(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let community = id_of(&db, "320722001001").await;
    let grid = db.write(us(), add(&entropy, "NS-1", "一号网格", Some(community))).await.unwrap();
    for (command, code) in [
        (add(&entropy, "a b", "x", None), "place-code-bad"),
        (add(&entropy, "NS-1", "x", None), "place-code-taken"),
        (add(&entropy, "NS-2", "  ", None), "place-name-blank"),
        (add(&entropy, "NS-2", &"长".repeat(61), None), "place-name-long"),
        (add(&entropy, "NS-2", "x", Some(grid)), "place-parent-missing"),
        (add(&entropy, "NS-2", "x", Some(entropy.id(NOW))), "place-parent-missing"),
    ] {
        assert_eq!(refused(&db, command).await, code);
    }
    db.write(us(), add(&entropy, "NS-2", &"长".repeat(60), None)).await.unwrap();
    assert_eq!(refused(&db, switch(&entropy, entropy.id(NOW), false, "x")).await, "place-missing");
    for (reason, code) in [("  ".to_owned(), "place-reason-blank"), ("长".repeat(201), "place-reason-long")]
    {
        assert_eq!(refused(&db, switch(&entropy, grid, false, &reason)).await, code);
    }
    db.write(us(), switch(&entropy, grid, false, &"长".repeat(MAX_REASON_CHARS))).await.unwrap();
    assert_eq!(refused(&db, add(&entropy, "NS-1", "x", None)).await, "place-code-taken-off");
    let change = |kind, parent| {
        let name = "一号网格".to_owned();
        ChangePlace { id: grid, kind, name, parent, spot: None, edit: edit(&entropy) }
    };
    assert_eq!(refused(&db, change(PlaceKind::Station, None)).await, "place-kind-bad");
    assert_eq!(refused(&db, change(PlaceKind::Grid, Some(grid))).await, "place-parent-missing");
    // Another tenant has none of it, and its own code of the same name.
    let theirs = db.write(others(), add(&entropy, "NS-1", "别家", None)).await.unwrap();
    assert_ne!(theirs, grid);
}

#[db_test]
async fn a_community_is_added_renamed_and_becomes_part_of_another(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let subdistrict = id_of(&db, "320722001").await;
    let new = |code: &str, name: &str| division(&entropy, PlaceKind::Community, code, name);
    for (command, code) in [
        (new("32072200109", "新苑社区"), "place-code-bad"),
        (new("320722001001", "新苑社区"), "place-code-taken"),
        (new("330106001090", "新苑社区"), "place-code-elsewhere"),
        // A community's code is a village's too, and two of one name could not be told apart.
        (division(&entropy, PlaceKind::Village, "320722001001", "新苑村"), "place-code-taken"),
        (new("320722001090", &place(&db, id_of(&db, "320722001005").await).await.name), "place-name-taken"),
    ] {
        assert_eq!(refused(&db, command).await, code);
    }
    let id = db.write(us(), new("320722001090", "新苑社区")).await.unwrap();
    assert_eq!(place(&db, id).await.parent, Some(subdistrict), "as its code says");
    let grid = db.write(us(), add(&entropy, "XY-1", "新苑一号", Some(id))).await.unwrap();
    let changed = |kind, name: &str| ChangePlace {
        id,
        kind,
        name: name.to_owned(),
        parent: Some(subdistrict),
        spot: None,
        edit: edit(&entropy),
    };
    db.write(us(), changed(PlaceKind::Village, "新苑村")).await.unwrap();
    assert_eq!(place(&db, id).await.kind, PlaceKind::Village);
    let taken = place(&db, id_of(&db, "320722001005").await).await.name;
    assert_eq!(refused(&db, changed(PlaceKind::Village, &taken)).await, "place-name-taken");
    let into = id_of(&db, "320722001005").await;
    let merge = |into, reason: &str| MergePlace { id, into, reason: reason.to_owned(), edit: edit(&entropy) };
    for wrong in [id, grid, subdistrict] {
        assert_eq!(refused(&db, merge(wrong, "撤村并居")).await, "place-merge-into");
    }
    assert_eq!(refused(&db, merge(into, " ")).await, "place-reason-blank");
    assert_eq!(db.write(us(), merge(into, "撤村并居")).await.unwrap(), 1);
    assert_eq!((place(&db, grid).await.parent, place(&db, id).await.active), (Some(into), false));
    assert_eq!(commands(&db, id).await, ["add", "change", "merge"]);
    let back = MergePlace { id: into, into: id, reason: "x".to_owned(), edit: edit(&entropy) };
    assert_eq!(refused(&db, back).await, "place-merge-into", "what is switched off takes nothing in");
}

#[db_test]
async fn places_are_found_by_code_and_name(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    assert_eq!(search(&db, "玉带").await, ["320722001019"]);
    assert_eq!(search(&db, "32072200102").await.len(), 4);
    for nothing in ["%", "_", "!", "没有"] {
        assert_eq!(search(&db, nothing).await, Vec::<String>::new(), "{nothing}");
    }
    let strange = db.write(us(), add(&entropy, "NS_1", "百分之50%", None)).await.unwrap();
    assert_eq!(search(&db, "50%").await, ["NS_1"]);
    assert_eq!(search(&db, "NS_").await, ["NS_1"]);
    // Page by page it is the same list, each once.
    let both = Some((PlaceKind::Community, PlaceKind::Village));
    let filter = || PlaceFilter { kinds: both, ..PlaceFilter::default() };
    let whole = page(&db, filter(), None, 200).await;
    assert_eq!(whole.len(), 41);
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let rows = page(&db, filter(), after, 20).await;
        let Some(last) = rows.last() else { break };
        after = Some(last.place.id);
        paged.extend(rows);
    }
    assert_eq!(paged, whole);
    assert!(whole.iter().all(|listed| listed.within.is_some()));
    assert_eq!(page(&db, PlaceFilter { off: true, ..PlaceFilter::default() }, None, 50).await, []);
    db.write(us(), switch(&entropy, strange, false, "不用了")).await.unwrap();
    assert_eq!(page(&db, PlaceFilter { off: true, ..PlaceFilter::default() }, None, 50).await.len(), 1);
    let counts = db.read(us(), |tx| Box::pin(async move { Ok(store::counts(tx).await?) })).await.unwrap();
    let of = |kind| counts.iter().find(|(known, _)| *known == kind).map(|(_, count)| *count);
    assert_eq!((of(PlaceKind::Village), of(PlaceKind::Grid)), (Some(19), None));
}
