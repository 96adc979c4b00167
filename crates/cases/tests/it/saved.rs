//! Filters of the queue that people have named.

use qige_cases::saved::{
    ChangeFilter, DropFilter, Keeper, MAX_FILTER_NAME_CHARS, MAX_SAVED_FILTERS, MAX_SHARED_FILTERS,
    SaveFilter, saved_filters,
};
use qige_db::testing::TestDb;
use qige_db::{Command, db_test};
use qige_identity::Who;
use qige_kernel::Refusal;
use uuid::Uuid;

use crate::world::{World, code, refusal};

fn keeper(who: &Who, shares: bool) -> Keeper {
    Keeper { person: who.person, shares }
}

fn save(world: &World, by: Keeper, name: &str, shared: bool) -> SaveFilter {
    let (id, at) = (world.entropy.id(world.now()), world.now());
    SaveFilter { id, by, name: name.to_owned(), query: "tone=red".to_owned(), shared, at }
}

async fn run<C: Command>(world: &World, by: Keeper, command: C) -> Result<C::Output, Refusal> {
    refusal(world.db.write(world.as_person(by.person), command).await)
}

/// Name and id of what somebody finds.
async fn found(world: &World, who: Keeper) -> Vec<(String, Uuid)> {
    let all = world.read(move |tx| Box::pin(async move { Ok(saved_filters(tx, who.person).await?) })).await;
    all.into_iter().map(|filter| (filter.name, filter.id)).collect()
}

#[db_test]
async fn one_s_own_stand_before_what_others_share(db: TestDb) {
    let world = World::new(db).await;
    let (clerk, boss) = (keeper(&world.dispatcher, false), keeper(&world.supervisor, true));
    run(&world, boss, save(&world, boss, "甲", true)).await.unwrap();
    run(&world, boss, save(&world, boss, "乙", false)).await.unwrap();
    run(&world, clerk, save(&world, clerk, "丙", false)).await.unwrap();
    let names = async |who| found(&world, who).await.into_iter().map(|one| one.0).collect::<Vec<_>>();
    assert_eq!(names(clerk).await, ["丙", "甲"]);
    assert_eq!(names(boss).await, ["乙", "甲"]);
    let again = SaveFilter { query: "tone=amber".to_owned(), ..save(&world, clerk, " 丙 ", false) };
    run(&world, clerk, again).await.unwrap();
    assert_eq!(names(clerk).await, ["丙", "甲"], "the same name is the same filter");
}

#[db_test]
async fn only_its_owner_and_who_may_share_touch_a_filter(db: TestDb) {
    let world = World::new(db).await;
    let (clerk, boss) = (keeper(&world.dispatcher, false), keeper(&world.supervisor, true));
    assert_eq!(code(run(&world, clerk, save(&world, clerk, "甲", true)).await), "filter-not-shared");
    run(&world, clerk, save(&world, clerk, "甲", false)).await.unwrap();
    run(&world, clerk, save(&world, clerk, "乙", false)).await.unwrap();
    run(&world, boss, save(&world, boss, "丙", true)).await.unwrap();
    let id = async |name| found(&world, clerk).await.into_iter().find(|one| one.0 == name).unwrap().1;
    let (first, shared) = (id("甲").await, id("丙").await);
    let change = |id, by, name: &str, shared| ChangeFilter { id, by, name: name.to_owned(), shared };
    assert_eq!(code(run(&world, boss, DropFilter { id: first, by: boss }).await), "filter-missing");
    assert_eq!(code(run(&world, clerk, DropFilter { id: shared, by: clerk }).await), "filter-missing");
    assert_eq!(code(run(&world, clerk, change(shared, clerk, "我的", true)).await), "filter-missing");
    assert_eq!(code(run(&world, clerk, change(first, clerk, "乙", false)).await), "filter-name-taken");
    assert_eq!(code(run(&world, clerk, change(first, clerk, "甲", true)).await), "filter-not-shared");
    run(&world, clerk, change(first, clerk, "丁", false)).await.unwrap();
    let other = Keeper { person: world.rider.person, shares: true };
    run(&world, other, change(shared, other, "戊", true)).await.unwrap();
    assert_eq!(
        found(&world, clerk).await.into_iter().map(|one| one.0).collect::<Vec<_>>(),
        ["丁", "乙", "戊"]
    );
    run(&world, other, DropFilter { id: shared, by: other }).await.unwrap();
    run(&world, clerk, DropFilter { id: first, by: clerk }).await.unwrap();
    assert_eq!(found(&world, clerk).await.len(), 1);
}

#[db_test]
async fn names_and_numbers_of_filters_have_bounds(db: TestDb) {
    let world = World::new(db).await;
    let (clerk, boss) = (keeper(&world.dispatcher, false), keeper(&world.supervisor, true));
    let long = "字".repeat(MAX_FILTER_NAME_CHARS);
    run(&world, clerk, save(&world, clerk, &long, false)).await.unwrap();
    assert_eq!(
        code(run(&world, clerk, save(&world, clerk, &(long.clone() + "字"), false)).await),
        "words-too-long"
    );
    assert_eq!(code(run(&world, clerk, save(&world, clerk, " ", false)).await), "words-missing");
    for number in 1..MAX_SAVED_FILTERS {
        run(&world, clerk, save(&world, clerk, &number.to_string(), false)).await.unwrap();
    }
    assert_eq!(code(run(&world, clerk, save(&world, clerk, "另一个", false)).await), "filters-too-many");
    run(&world, clerk, save(&world, clerk, &long, false)).await.unwrap();
    let people = [&world.rider, &world.second_rider, &world.worker];
    for who in people {
        for number in 0..MAX_SAVED_FILTERS {
            let who = keeper(who, true);
            run(&world, who, save(&world, who, &number.to_string(), true)).await.unwrap();
        }
    }
    assert_eq!(found(&world, boss).await.len(), usize::try_from(MAX_SHARED_FILTERS).unwrap());
}
