//! Every parser for some seconds.

use qige_fuzz::{TARGETS, for_a_while, seconds};

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let target = TARGETS.iter().find(|target| target.name == stringify!($name)).unwrap();
            println!("{}: {} texts in {} s", target.name, for_a_while(target), seconds());
        })*

        #[test]
        fn none_is_left_out() {
            let tested = [$(stringify!($name)),*];
            for target in TARGETS {
                assert!(tested.contains(&target.name), "{} has no test", target.name);
            }
        }
    };
}

targets! {
    photo document file_name places shape days divisions outbox search personal learned daily_root master_keys
    codes follow_code names times outbound id_token passkey subscription
}
