//! In which role someone acts on one case.

use crate::text_enum::text_enum;

text_enum! {
    /// What someone is to this one case. Found from grants, assignments and reports, never claimed.
    CaseRole {
        /// Reported it or joined it, with an account or by number and code.
        Reporter = "reporter",
        /// A mobile grid member (流动网格员).
        Rider = "rider",
        /// A grid worker (专职网格员).
        GridWorker = "grid-worker",
        /// Was asked to verify it.
        Verifier = "verifier",
        /// Works the grid centre's queue (坐席).
        Dispatcher = "dispatcher",
        /// Leads the shift (值班长).
        Supervisor = "supervisor",
        /// Of the unit that leads in handling it.
        LeadUnit = "lead-unit",
        /// Of a unit that assists (吹哨报到).
        AssistUnit = "assist-unit",
        /// Was asked to check it.
        Checker = "checker",
        /// A rule of the tenant's, acting by itself.
        Rule = "rule",
    }
}
