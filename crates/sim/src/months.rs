//! Reports of the months that are over, issued by the supervisor as on the first of the next.

use qige_app::App;
use qige_cases::evaluation::{DefinedThen, IssueMonth, Month, MonthReport, Weights};
use qige_cases::handover::Signed;
use qige_db::{Actor, Asker, Failure};
use qige_kernel::Timestamp;

use crate::founding::Cast;

/// Issues the reports of all months from that of `from` up to the last that is over, and of that one in any
/// case: a town that began this month has a page of figures too.
///
/// # Errors
/// What the database cannot do; nothing is refused where none was issued before.
pub async fn issue(
    app: &App,
    cast: &Cast,
    from: Timestamp,
    definitions: Vec<DefinedThen>,
) -> Result<(), Failure> {
    let Some(supervisor) = cast.supervisors.first() else { return Ok(()) };
    let asker = Asker { tenant: cast.tenant, actor: Actor::Person(supervisor.person) };
    let book = app.rulebook(cast.tenant).await?;
    let (now, zone) = (app.now(), book.calendar.zone().clone());
    let last = Month::of(now, &zone).before();
    let mut month = Month::of(from, &zone).min(last);
    while month <= last {
        let (within, means) = (zone.clone(), definitions.clone());
        let draft = app.db.read(asker, move |tx| {
            Box::pin(
                async move { MonthReport::draft(tx, month, &within, Weights::default(), means, now).await },
            )
        });
        let report = draft.await?;
        let signed = Signed { at: now, role: supervisor.role, salt: app.entropy.bytes() };
        let reason = String::new();
        app.db.write(asker, IssueMonth { report, version: 1, reason, zone: zone.clone(), signed }).await?;
        month = month.after();
    }
    Ok(())
}
