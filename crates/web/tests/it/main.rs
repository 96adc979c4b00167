//! The pages over in-process HTTP, on both engines.

mod account;
mod actors;
mod admin_people;
mod admin_town;
mod centre_case;
mod centre_commands;
mod centre_queue;
mod centre_world;
mod ground_tasks;
mod inputs;
mod notices;
mod pages;
mod places;
mod places_open;
mod public_follow;
mod rider_around;
mod rider_mine;
mod rider_phone;
mod rider_report;
mod rider_world;
mod serve;
mod setup;
mod site;
mod texts;
mod unit_cases;
mod walk;
