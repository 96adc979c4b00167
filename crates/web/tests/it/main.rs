//! The pages over in-process HTTP, on both engines.

mod account;
mod actors;
mod inputs;
mod notices;
mod pages;
mod serve;
mod setup;
mod site;
mod texts;
mod walk;
