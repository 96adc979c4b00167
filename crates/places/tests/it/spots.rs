//! Stations and venues: points with a name.

use qige_db::journal::{self, Stream};
use qige_db::testing::TestDb;
use qige_db::{Db, Failure, db_test};
use qige_kernel::{Entropy, PlaceId, Position};
use qige_places::{AddSpot, ChangePlace, DrawnPlace, PlaceKind, SwitchPlace, store};

use crate::given::{NOW, edit, id_of, seeded, us};

fn spot(entropy: &Entropy, kind: PlaceKind, name: &str, within: PlaceId) -> AddSpot {
    let spot = Position::new(118.752, 34.542).unwrap();
    AddSpot {
        id: entropy.id(NOW),
        kind,
        code: None,
        name: name.to_owned(),
        spot,
        within,
        edit: edit(entropy),
    }
}

async fn drawn(db: &Db, id: PlaceId) -> DrawnPlace {
    let found = db.read(us(), move |tx| Box::pin(async move { Ok(store::drawn_by_id(tx, id).await?) })).await;
    found.unwrap().unwrap()
}

async fn refused(db: &Db, command: AddSpot) -> &'static str {
    match db.write(us(), command).await {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

#[db_test]
async fn a_station_has_a_point_and_the_next_number(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let community = id_of(&db, "320722001001").await;
    let first = spot(&entropy, PlaceKind::Station, " 晶暖驿站 ", community);
    let id = db.write(us(), first.clone()).await.unwrap();
    assert_eq!(db.write(us(), first.clone()).await.unwrap(), id, "sent twice, it is one");
    let known = drawn(&db, id).await;
    assert_eq!((known.place.code.as_str(), known.place.name.as_str()), ("YZ-001", "晶暖驿站"));
    assert_eq!((known.spot, known.shape, known.place.area_m2), (Some(first.spot), None, None));
    assert_eq!(known.place.parent, Some(community));
    let community_itself = drawn(&db, community).await;
    assert_eq!((community_itself.spot, community_itself.shape), (None, None), "nobody said where it is");

    let own = AddSpot {
        code: Some(" YZ-041 ".to_owned()),
        ..spot(&entropy, PlaceKind::Station, "二号", community)
    };
    db.write(us(), own).await.unwrap();
    let off = SwitchPlace { id, active: false, reason: "搬走了".to_owned(), edit: edit(&entropy) };
    db.write(us(), off).await.unwrap();
    // Its name is free again, its code is not.
    let again = db.write(us(), spot(&entropy, PlaceKind::Station, "晶暖驿站", community)).await.unwrap();
    assert_eq!(drawn(&db, again).await.place.code, "YZ-042");
    let venue = db.write(us(), spot(&entropy, PlaceKind::Venue, "晶暖驿站", community)).await.unwrap();
    assert_eq!(drawn(&db, venue).await.place.code, "CS-001", "another kind has numbers and names of its own");
}

#[db_test]
async fn a_station_moves_and_an_area_has_no_point(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let community = id_of(&db, "320722001001").await;
    let id = db.write(us(), spot(&entropy, PlaceKind::Station, "晶暖驿站", community)).await.unwrap();
    let there = Position::new(118.761, 34.548).unwrap();
    let change = |id, kind, name: &str, spot| {
        let parent = (id != community).then_some(community);
        ChangePlace { id, kind, name: name.to_owned(), parent, spot, edit: edit(&entropy) }
    };
    let moved = change(id, PlaceKind::Station, "晶暖驿站", Some(there));
    db.write(us(), moved.clone()).await.unwrap();
    db.write(us(), moved).await.unwrap();
    assert_eq!(drawn(&db, id).await.spot, Some(there));
    db.write(us(), change(id, PlaceKind::Station, "二号驿站", None)).await.unwrap();
    let known = drawn(&db, id).await;
    assert_eq!(
        (known.spot, known.place.name.as_str()),
        (Some(there), "二号驿站"),
        "a new name moves nothing"
    );
    let stream = Stream::new("place", id.0);
    let lines = db.read(us(), move |tx| Box::pin(async move { Ok(journal::read(tx, stream).await?) }));
    let lines = lines.await.unwrap();
    assert_eq!(lines.len(), 3, "what changes nothing is no change");
    let spot = |side: &str| lines[1].body()[side]["spot"]["lng"].clone();
    assert_eq!((spot("before"), spot("after")), (118.752.into(), 118.761.into()));
    let name = drawn(&db, community).await.place.name;
    match db.write(us(), change(community, PlaceKind::Community, &name, Some(there))).await {
        Err(Failure::Refused(refusal)) => assert_eq!(refusal.code, "place-no-point"),
        other => panic!("{other:?}"),
    }
}

#[db_test]
async fn what_is_no_station_is_refused(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let community = id_of(&db, "320722001001").await;
    let station = |name: &str| spot(&entropy, PlaceKind::Station, name, community);
    let coded = |code: &str, name: &str| AddSpot { code: Some(code.to_owned()), ..station(name) };
    let held = db.write(us(), coded("A.1", "晶暖驿站")).await.unwrap();
    for (command, code) in [
        (spot(&entropy, PlaceKind::Grid, "x", community), "place-kind-bad"),
        (station("晶暖驿站"), "place-name-taken"),
        (station(" "), "place-name-blank"),
        (station(&"长".repeat(61)), "place-name-long"),
        (coded("A.1", "x"), "place-code-taken"),
        (coded("a b", "x"), "place-code-bad"),
        (coded(&"9".repeat(41), "x"), "place-code-bad"),
        (AddSpot { within: entropy.id(NOW), ..station("x") }, "place-parent-missing"),
        (AddSpot { within: held, ..station("x") }, "place-parent-missing"),
    ] {
        assert_eq!(refused(&db, command).await, code);
    }
    db.write(us(), coded(&"9".repeat(40), &"长".repeat(60))).await.unwrap();
}
