//! From a file to places: previewed, applied whole or not at all.

use qige_db::testing::TestDb;
use qige_db::{Failure, db_test};
use qige_kernel::{Datum, Entropy};
use qige_places::import::{
    Applied, ApplyImport, CodeRule, Confidence, DatumBasis, Existing, FaultyRule, ImportOptions, Layer,
    MissingRule, Preview, Severity, preview, read,
};
use qige_places::{PlaceKind, SwitchPlace};
use serde_json::{Value, json};

use crate::given::{
    applied, collection, edit, existing, feature, grids, id_of, in_datum, previewed, said, seeded, shape,
    square, us,
};

fn first_file() -> Value {
    collection(vec![
        feature("320722001001001", "牛山社区第一网格", square(0, 0)),
        feature("320722001001002", "牛山社区第二网格", square(1, 0)),
        feature("320722001005001", "幸福社区第一网格", square(2, 0)),
    ])
}

#[db_test]
async fn a_file_is_added_and_a_later_one_keeps_ids_by_code(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let preview = previewed(&db, &first_file(), &grids()).await;
    assert_eq!((preview.added.len(), said(&preview.problems)), (3, vec![]));
    assert_eq!(preview.added[2].parent.as_ref().unwrap().name, "幸福社区");
    let done = applied(&db, preview, &entropy).await;
    assert_eq!(done, Applied { added: 3, changed: 0, switched_off: 0, revision: 2 });
    let (one, two) = (id_of(&db, "320722001001001").await, id_of(&db, "320722001001002").await);

    // The same again changes nothing, wherever its rings begin.
    let same = previewed(&db, &first_file(), &grids()).await;
    assert_eq!((same.unchanged.len(), same.changes_anything()), (3, false));
    assert_eq!(applied(&db, same, &entropy).await.revision, 2);

    // One is redrawn and renamed, one stays, one is gone, one is new.
    let later = collection(vec![
        feature("320722001001001", "牛山社区第1网格", square(0, 1)),
        feature("320722001001002", "牛山社区第二网格", square(1, 0)),
        feature("320722001005002", "幸福社区第二网格", square(3, 0)),
    ]);
    let kept = previewed(&db, &later, &grids()).await;
    assert!(!kept.removed[0].switched_off);
    let options = ImportOptions { missing: MissingRule::SwitchOff, ..grids() };
    let preview = previewed(&db, &later, &options).await;
    assert_eq!(preview.changed[0].name.as_deref(), Some("牛山社区第1网格"));
    assert_eq!(preview.changed[0].name_was, "牛山社区第一网格");
    assert!(preview.changed[0].redrawn.as_ref().unwrap().is_same(&shape(&square(0, 1))));
    assert_eq!(preview.removed[0].code, "320722001005001");
    let changes: Vec<String> = preview.map(&existing(&db).await, 0.0)["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| feature["properties"]["change"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(changes, ["removed", "unchanged", "redrawn", "added"]);
    let done = applied(&db, preview, &entropy).await;
    assert_eq!(done, Applied { added: 1, changed: 1, switched_off: 1, revision: 3 });
    assert_eq!((id_of(&db, "320722001001001").await, id_of(&db, "320722001001002").await), (one, two));

    // The first file brings the one that was switched off back, under its id.
    let gone = id_of(&db, "320722001005001").await;
    let preview = previewed(&db, &first_file(), &grids()).await;
    assert_eq!(preview.changed.iter().filter(|changed| changed.back).count(), 1);
    applied(&db, preview, &entropy).await;
    assert_eq!(id_of(&db, "320722001005001").await, gone);
    let places = existing(&db).await.places;
    assert!(places.iter().all(|place| place.place.active));
}

#[db_test]
async fn a_stale_preview_is_refused_whole(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let preview = previewed(&db, &first_file(), &grids()).await;
    let id = id_of(&db, "320722001001").await;
    let switch = SwitchPlace { id, active: false, reason: "试".to_owned(), edit: edit(&entropy) };
    db.write(us(), switch).await.unwrap();
    let refused = db.write(us(), ApplyImport::new(preview, edit(&entropy), &entropy)).await.err().unwrap();
    assert!(matches!(refused, Failure::Refused(refusal) if refusal.code == "import-stale"));
    assert!(existing(&db).await.places.iter().all(|place| place.place.kind != PlaceKind::Grid));
}

#[db_test]
async fn nothing_is_half_imported(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let mut file = first_file();
    file["features"].as_array_mut().unwrap().push(feature("320722001005009", "没有边界", Value::Null));
    let stopped = previewed(&db, &file, &grids()).await;
    assert_eq!((stopped.faulty.as_slice(), stopped.added.len()), (&[4][..], 3));
    assert_eq!(stopped.check().err().unwrap().to_string(), "import-has-errors count=1");
    let refused = db.write(us(), ApplyImport::new(stopped, edit(&entropy), &entropy)).await;
    assert!(matches!(refused, Err(Failure::Refused(_))));
    assert_eq!(existing(&db).await.revision, 1);
    let options = ImportOptions { faulty: FaultyRule::LeaveOut, ..grids() };
    let done = applied(&db, previewed(&db, &file, &options).await, &entropy).await;
    assert_eq!(done.added, 3);
}

#[db_test]
async fn a_preview_survives_being_kept_and_is_told_by_its_fingerprint(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let one = previewed(&db, &first_file(), &grids()).await;
    let two = previewed(&db, &first_file(), &grids()).await;
    assert_eq!((&one, one.fingerprint.len()), (&two, 64));
    let kept: Preview = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
    assert_eq!(kept, one);
    let options = ImportOptions { missing: MissingRule::SwitchOff, ..grids() };
    let options: ImportOptions = serde_json::from_str(&serde_json::to_string(&options).unwrap()).unwrap();
    applied(&db, one, &entropy).await;
    let later = previewed(&db, &first_file(), &options).await;
    assert_ne!(later.fingerprint, two.fingerprint);
}

#[db_test]
async fn codes_are_made_where_wished_and_found_again(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let with = |community: &str, geometry: Value| {
        let properties = json!({ "community": community });
        json!({ "type": "Feature", "properties": properties, "geometry": geometry })
    };
    let file = collection(vec![
        feature("320722001001001", "一", square(0, 0)),
        with("牛山社区", square(1, 0)),
        with("320722001005", square(2, 0)),
        with("", square(3, 0)),
    ]);
    let refused = previewed(&db, &file, &grids()).await;
    assert_eq!(refused.faulty, [2, 3, 4]);
    let options = ImportOptions { codes: CodeRule::Make, ..grids() };
    let made = previewed(&db, &file, &options).await;
    let codes: Vec<&str> = made.added.iter().map(|added| added.code.as_str()).collect();
    assert_eq!(codes, ["320722001001001", "320722001001002", "320722001005001", "G0001"]);
    assert_eq!(made.added[1].name, "320722001001002");
    applied(&db, made, &entropy).await;
    let again = previewed(&db, &file, &options).await;
    assert_eq!((again.unchanged.len(), again.added.len()), (4, 0));
}

fn pure(file: &Value, existing: &Existing, options: &ImportOptions) -> Preview {
    preview(read(file.to_string().as_bytes()).unwrap(), options, existing).unwrap()
}

#[test]
fn problems_are_said_by_feature() {
    let hole_in_name = json!({ "type": "Feature", "properties": { "code": "A1" }, "geometry": square(9, 9) });
    let file = collection(vec![
        feature("A-1", "东", square(0, 0)),
        feature("A-1", "南", square(1, 0)),
        feature("A 2", "西", square(2, 0)),
        feature("", "北", square(3, 0)),
        feature("A-3", "东", square(4, 0)),
        feature("A-4", &"长".repeat(61), square(5, 0)),
        hole_in_name,
        feature("A-5", "点", json!({ "type": "Point", "coordinates": [118.75, 34.5] })),
        // Over the first by half.
        feature("A-6", "叠", {
            let (x, y) = (118.7525, 34.5);
            json!({ "type": "Polygon", "coordinates": [[[x, y], [x + 0.005, y], [x + 0.005, y + 0.005],
                [x, y + 0.005], [x, y]]] })
        }),
    ]);
    let preview = pure(&file, &Existing::default(), &grids());
    let found = said(&preview.problems);
    for expected in [
        (0, "parent-missing"),
        (1, "code-twice"),
        (2, "code-twice"),
        (3, "code-bad"),
        (4, "code-missing"),
        (1, "name-twice"),
        (5, "name-twice"),
        (6, "name-long"),
        (7, "name-missing"),
        (8, "not-an-area"),
    ] {
        assert!(found.contains(&expected), "{expected:?} not in {found:?}");
    }
    assert_eq!(preview.faulty, [1, 2, 3, 4, 8]);
    assert_eq!(preview.count(Severity::Error), 5);
    let labels: Vec<&str> = preview.problems.iter().map(|problem| problem.label.as_str()).collect();
    assert!(labels.contains(&"东") && labels.contains(&"A1"));
    // What is not faulty is held against each other: only the last lies over the second and first, which are.
    assert!(!found.iter().any(|(_, code)| *code == "overlap"));
    let sound = collection(vec![file["features"][0].clone(), file["features"][8].clone()]);
    let preview = pure(&sound, &Existing::default(), &grids());
    let overlap = preview.problems.iter().find(|problem| problem.code.as_str() == "overlap").unwrap();
    assert_eq!((overlap.feature, overlap.args["other"].as_str()), (Some(1), "2"));
    assert!(overlap.at.is_some());
}

/// A border of the county around the squares, with corners enough to run along.
fn with_fence() -> Existing {
    let (w, s, e, n) = (118.75, 34.5, 118.80, 34.53);
    let mut ring = Vec::new();
    let steps = |from: f64, to: f64| (0..12).map(move |at| from + (to - from) * f64::from(at) / 12.0);
    ring.extend(steps(w, e).map(|x| json!([x, s])));
    ring.extend(steps(s, n).map(|y| json!([e, y])));
    ring.extend(steps(e, w).map(|x| json!([x, n])));
    ring.extend(steps(n, s).map(|y| json!([w, y])));
    ring.push(json!([w, s]));
    let fence = shape(&json!({ "type": "Polygon", "coordinates": [ring] }));
    Existing { fence: Some(fence), ..Existing::default() }
}

#[test]
fn the_datum_is_chosen_or_detected_or_asked_for() {
    let everywhere: Vec<Value> = (0..10)
        .flat_map(|x| (0..6).map(move |y| feature(&format!("N-{x}-{y}"), &format!("{x} {y}"), square(x, y))))
        .collect();
    let file = collection(everywhere);
    let open = ImportOptions::new(Layer::Grids);
    for datum in Datum::ALL {
        let sent = in_datum(&file, datum);
        let preview = pure(&sent, &with_fence(), &open);
        assert_eq!((preview.datum.datum, preview.datum.basis), (datum, DatumBasis::Fence));
        assert_ne!(preview.datum.confidence, Confidence::Unsure);
        for (added, feature) in preview.added.iter().zip(file["features"].as_array().unwrap()) {
            let truth = shape(&feature["geometry"]);
            for (ours, theirs) in added.shape.vertices().zip(truth.vertices()) {
                assert!((ours.x - theirs.x).abs() < 2e-8 && (ours.y - theirs.y).abs() < 2e-8);
            }
        }
        assert!(!said(&preview.problems).iter().any(|(_, code)| *code == "outside-fence"));
    }
    // Chosen against the evidence: done as told, and said.
    let wrong = ImportOptions { datum: Some(Datum::Wgs84), ..open.clone() };
    let preview = pure(&in_datum(&file, Datum::Bd09), &with_fence(), &wrong);
    assert_eq!((preview.datum.datum, preview.datum.basis), (Datum::Wgs84, DatumBasis::Chosen));
    assert!(said(&preview.problems).contains(&(0, "datum-contradicted")));
    // Nothing to hold it against: nobody guesses.
    let preview = pure(&file, &Existing::default(), &open);
    assert!(said(&preview.problems).contains(&(0, "datum-unsure")));
    assert_eq!(preview.check().err().unwrap().code, "import-file-has-errors");
}

#[test]
fn what_lies_beyond_the_border_is_said() {
    let file = collection(vec![
        feature("N-1", "在内", square(2, 2)),
        feature("N-2", "在内二", square(3, 2)),
        feature("N-3", "在外", square(40, 2)),
    ]);
    let preview = pure(&file, &with_fence(), &grids());
    assert!(said(&preview.problems).contains(&(3, "outside-fence")));
    let elsewhere = collection(vec![feature("N-3", "在外", square(40, 2))]);
    let preview = pure(&elsewhere, &with_fence(), &grids());
    assert!(said(&preview.problems).contains(&(0, "file-elsewhere")));
}

#[test]
fn metres_are_refused_with_the_guess() {
    let metres = json!({ "type": "Polygon", "coordinates": [[[40_385_400.0, 3_824_000.0],
        [40_385_900.0, 3_824_000.0], [40_385_900.0, 3_824_500.0], [40_385_400.0, 3_824_000.0]]] });
    let reading = read(metres.to_string().as_bytes()).unwrap();
    let refused = preview(reading, &grids(), &with_fence()).err().unwrap();
    assert_eq!(refused.to_string(), "import-metres-gauss3 epsg=4528 meridian=120 strip=40");
}

#[db_test]
async fn communities_and_borders_are_imported_too(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    // A bare geometry is the border of the only county.
    let wide = json!({ "type": "Polygon", "coordinates": [[[118.7, 34.4], [118.9, 34.4], [118.9, 34.6],
        [118.7, 34.6], [118.7, 34.4]]] });
    let county = ImportOptions { layer: Layer::County, ..grids() };
    let preview = previewed(&db, &wide, &county).await;
    assert_eq!(preview.changed[0].code, "320722");
    applied(&db, preview, &entropy).await;
    assert!(existing(&db).await.border().unwrap().is_same(&shape(&wide)));
    let communities = ImportOptions { layer: Layer::Communities, ..grids() };
    let file = collection(vec![
        feature("320722001001", "牛山社区", square(0, 0)),
        feature("320722001200", "牛山村", square(1, 0)),
        feature("320722001250", "新村", square(2, 0)),
    ]);
    let preview = previewed(&db, &file, &communities).await;
    assert_eq!((preview.changed.len(), preview.added.len()), (2, 1));
    assert_eq!(preview.added[0].kind, PlaceKind::Village);
    assert_eq!(preview.added[0].parent.as_ref().unwrap().name, "牛山街道");
    applied(&db, preview, &entropy).await;
    // A grid that says nothing of its community is told from where it lies.
    let file = collection(vec![feature("N-1", "无归属", square(1, 0))]);
    let preview = previewed(&db, &file, &grids()).await;
    assert_eq!(preview.added[0].parent.as_ref().unwrap().name, "牛山村");
    assert_eq!(said(&preview.problems), [(1, "parent-by-place")]);
}

#[db_test]
async fn what_does_not_belong_is_said(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let unknown = json!({ "type": "Feature", "geometry": square(2, 0),
        "properties": { "code": "NS-1", "name": "某网格", "community": "没有的社区" } });
    let file = collection(vec![
        feature("330106012003002", "别处", square(0, 0)),
        feature("NS-2", "无归属", square(1, 0)),
        unknown,
    ]);
    let preview = previewed(&db, &file, &grids()).await;
    let expected =
        [(1, "code-elsewhere"), (1, "parent-missing"), (2, "parent-missing"), (3, "parent-unknown")];
    assert_eq!(said(&preview.problems), expected);
    assert_eq!(preview.problems[3].args["parent"], "没有的社区");
    assert_eq!(preview.added.len(), 3);
}

/// A block of squares, drawn with a corner at each of them.
fn block(column: i32, row: i32, side: i32) -> Value {
    let at = |column: i32, row: i32| square(column, row)["coordinates"][0][0].clone();
    let (last, steps) = (side, 0..side);
    let south = steps.clone().map(|step| at(column + step, row));
    let east = steps.clone().map(|step| at(column + last, row + step));
    let north = steps.clone().map(|step| at(column + last - step, row + last));
    let west = steps.map(|step| at(column, row + last - step));
    let mut ring: Vec<Value> = south.chain(east).chain(north).chain(west).collect();
    ring.push(at(column, row));
    json!({ "type": "Polygon", "coordinates": [ring] })
}

#[db_test]
async fn communities_that_are_drawn_tell_the_datum_of_their_grids(db: TestDb) {
    let entropy = Entropy::seeded(1);
    seeded(&db, &entropy).await;
    let communities = ImportOptions { layer: Layer::Communities, ..grids() };
    let file = collection(vec![
        feature("320722001001", "牛山社区", block(0, 0, 4)),
        feature("320722001002", "钢铁社区", block(4, 0, 4)),
    ]);
    applied(&db, previewed(&db, &file, &communities).await, &entropy).await;
    let cells = (0..8).flat_map(|column| (0..4).map(move |row| (column, row)));
    let file = collection(
        cells
            .map(|(column, row)| {
                feature(&format!("N-{column}-{row}"), &format!("{column} {row}"), square(column, row))
            })
            .collect(),
    );
    for datum in Datum::ALL {
        let preview = previewed(&db, &in_datum(&file, datum), &ImportOptions::new(Layer::Grids)).await;
        let found = &preview.datum;
        assert_eq!((found.datum, found.basis), (datum, DatumBasis::Communities), "{found:?}");
        assert_ne!(found.confidence, Confidence::Unsure);
        assert!(preview.added.iter().all(|added| added.parent.is_some()));
    }
}
