//! The pages over in-process HTTP, on both engines.

mod account;
mod actors;
mod centre_case;
mod centre_commands;
mod centre_queue;
mod centre_world;
mod inputs;
mod notices;
mod pages;
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
mod walk;
