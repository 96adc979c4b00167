//! What is written besides the case and its parts: the journal's line, the step that can be taken back, the
//! case that this one is tied to, what the place usually has, and the job that tells others.

use qige_db::journal::{self, Entry, SALT_BYTES, Stream};
use qige_db::{DbError, Failure, Json, Statement, Tx, from_row, params, statements};
use qige_jobs::NewJob;
use qige_kernel::{CaseId, Timestamp};
use serde_json::{Value, json};

use super::{Act, By, Done, quicker, undecodable};
use crate::evaluation::marks;
use crate::store::{ADD_HABIT, Changes, DROP_UNDO, Dossier, LET_GO, PUT_UNDO, TAKE_IN, hour_of};
use crate::{CaseRole, CommandName};

/// The job that reacts to what happened to a case. Its payload: `case`, `seq` of the journal's line,
/// `command`;
/// `undo_until` where the step can be taken back; `undoes`, the `seq` that an undo took back.
pub const CASE_EVENT: &str = "case-event";
/// Streams of cases in the journal.
pub const CASE_STREAM: &str = "case";
/// Streams of reports that joined a case, each with one line of its own.
pub(crate) const REPORT_STREAM: &str = "report";

statements! {
    /// What one line of a case's journal says.
    LINE_BODY = "SELECT body FROM journal WHERE tenant = $1 AND stream = 'case' AND id = $2 AND seq = $3
        AND body IS NOT NULL";
}

from_row! {
    struct Tied { version: i64, merged_count: i64 }
}

impl Act {
    /// Writes it all, once the case's own row was found at the version that was read.
    pub(super) async fn write(
        &self,
        tx: &mut Tx<'_>,
        before: &Dossier,
        after: &Dossier,
        role: CaseRole,
    ) -> Result<Done, Failure> {
        let command = self.action.name();
        let changes = before.changes(after);
        let mut body = json!({ "action": self.action, "changes": changes });
        if let (By::Rule(by), Some(fields)) = (&self.by, body.as_object_mut()) {
            fields.insert("rule".to_owned(), json!(by.rule));
            fields.extend(by.guess.map(|guess| ("guess".to_owned(), json!(guess))));
        }
        let body = body.to_string();
        let entry = self.entry(self.case, role, command, &body, 0);
        let seq = journal::append(tx, entry).await?.seq;
        self.tie(tx, before, after, role).await?;
        count_habit(tx, before, after, self.calendar.zone()).await?;
        let undo_until = self.remember(tx, before, role, command).await?;
        let mut payload = json!({ "case": self.case, "seq": seq, "command": command });
        if let Some(fields) = payload.as_object_mut() {
            if let Some(until) = undo_until {
                fields.insert("undo_until".to_owned(), json!(until));
            }
            if command == CommandName::Undo {
                fields.insert("undoes".to_owned(), json!(seq - 1));
            }
        }
        qige_jobs::enqueue(tx, NewJob::new(CASE_EVENT, payload, self.at)).await?;
        tx.announce(CASE_STREAM, self.case.0);
        Ok(Done { case: self.case, version: before.row.version + 1, state: after.row.state, undo_until })
    }

    /// Keeps the step for who took it; nothing is kept of steps that are not taken back.
    async fn remember(
        &self,
        tx: &mut Tx<'_>,
        before: &Dossier,
        role: CaseRole,
        command: CommandName,
    ) -> Result<Option<Timestamp>, DbError> {
        let seconds = i64::from(self.policy.undo_seconds);
        let actor = self.by.actor().filter(|_| command.can_be_undone() && seconds > 0);
        let Some(actor) = actor else {
            tx.execute(DROP_UNDO, params![tx.tenant(), self.case]).await?;
            return Ok(None);
        };
        let until = self.at.plus(seconds * Timestamp::SECOND);
        let follower = matches!(self.by, By::Follower { .. });
        let version = before.row.version + 1;
        let values = params![
            tx.tenant(),
            self.case,
            version,
            actor,
            follower,
            role,
            command,
            before.row.state,
            self.at,
            until
        ];
        tx.execute(PUT_UNDO, values).await?;
        Ok(Some(until))
    }

    /// Tells the case that this one follows from now on, and the one that it followed, in a line of their
    /// own.
    async fn tie(
        &self,
        tx: &mut Tx<'_>,
        before: &Dossier,
        after: &Dossier,
        role: CaseRole,
    ) -> Result<(), Failure> {
        let (old, new) = (before.row.main_case, after.row.main_case);
        if old == new {
            return Ok(());
        }
        let case = json!({ "case": self.case, "number": after.row.number });
        if let Some(main) = old {
            let tied = self.count(tx, LET_GO, main).await?.ok_or_else(quicker)?;
            let body = told("let-go", &case, tied.merged_count + 1, tied.merged_count).to_string();
            journal::append(tx, self.entry(main, role, CommandName::Unmerge, &body, 1)).await?;
        }
        if let Some(main) = new {
            let tied = self.count(tx, TAKE_IN, main).await?.ok_or_else(quicker)?;
            if tied.version == 2 {
                self.mark_first(tx, main).await?;
            }
            let body = told("taken-in", &case, tied.merged_count - 1, tied.merged_count).to_string();
            journal::append(tx, self.entry(main, role, CommandName::Merge, &body, 2)).await?;
        }
        Ok(())
    }

    /// The marks of a case of which nothing but the report was known: from here on its version says that it
    /// has some.
    async fn mark_first(&self, tx: &mut Tx<'_>, case: CaseId) -> Result<(), DbError> {
        match Dossier::load(tx, case).await? {
            Some(dossier) => marks::begin(tx, &dossier).await,
            None => Ok(()),
        }
    }

    async fn count(
        &self,
        tx: &mut Tx<'_>,
        statement: &'static Statement,
        main: CaseId,
    ) -> Result<Option<Tied>, DbError> {
        tx.announce(CASE_STREAM, main.0);
        tx.optional(statement, params![tx.tenant(), main, self.at]).await
    }

    fn entry<'a>(
        &self,
        case: CaseId,
        role: CaseRole,
        command: CommandName,
        body: &'a str,
        salt: usize,
    ) -> Entry<'a> {
        Entry {
            stream: Stream::new(CASE_STREAM, case),
            at: self.at,
            role: role.as_str(),
            command: command.as_str(),
            body,
            salt: self.ids.salts.get(salt).copied().unwrap_or([0; SALT_BYTES]),
        }
    }
}

fn told(what: &str, case: &Value, before: i64, after: i64) -> Value {
    json!({ what: case, "changes": { "case": { "merged_count": [before, after] } } })
}

/// What the last line of a case's journal changed; none once its words were erased.
pub(super) async fn last_changes(tx: &mut Tx<'_>, dossier: &Dossier) -> Result<Option<Changes>, Failure> {
    #[derive(serde::Deserialize)]
    struct Body {
        #[serde(default)]
        changes: Changes,
    }
    let seq = dossier.row.version - 1;
    let body: Option<(Json<Body>,)> =
        tx.optional(LINE_BODY, params![tx.tenant(), dossier.row.id, seq]).await?;
    Ok(body.map(|(Json(body),)| body.changes))
}

/// Takes back in a dossier what a line changed.
pub(super) fn taken_back(dossier: &Dossier, changes: Changes) -> Result<Dossier, Failure> {
    let back = dossier.clone().with(&changes.reversed());
    back.map_err(|error| undecodable("journal.body", &error))
}

/// Counts a filed matter where and when it was found, and takes it back with the filing.
async fn count_habit(
    tx: &mut Tx<'_>,
    before: &Dossier,
    after: &Dossier,
    zone: &jiff::tz::TimeZone,
) -> Result<(), DbError> {
    let habit = |dossier: &Dossier| {
        let row = &dossier.row;
        row.filed_at?;
        Some((row.cell?, hour_of(row.received_at, zone), row.matter?))
    };
    let (old, new) = (habit(before), habit(after));
    if old == new {
        return Ok(());
    }
    for (habit, step) in [(old, -1_i64), (new, 1)] {
        if let Some((cell, hour, matter)) = habit {
            tx.execute(ADD_HABIT, params![tx.tenant(), cell, hour, matter, step]).await?;
        }
    }
    Ok(())
}
