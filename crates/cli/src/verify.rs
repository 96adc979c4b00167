//! Whether the journals hold and the cases agree with them.

use std::path::{Path, PathBuf};

use qige_app::App;
use qige_db::{Asker, Failure, journal};
use qige_identity::{KeptRoot, Tenant, tenants, verify_readings};
use qige_kernel::TenantId;
use qige_kernel::uuid::Uuid;

use crate::arguments::Common;
use crate::opening::open;

/// Checks every tenant; an error names what does not hold. That there was nothing to check is no good news:
/// a mistyped database would hold for ever.
pub(crate) async fn run(common: &Common, roots: &[PathBuf]) -> Result<(), String> {
    if let Some(file) = common.database_url.strip_prefix("sqlite:")
        && !Path::new(file).is_file()
    {
        return Err(format!("there is no database {file}"));
    }
    let app = open(common).await?;
    let said = |failure: Failure| format!("cannot be checked: {failure}");
    let nobody = Asker::system(TenantId(Uuid::nil()));
    let tenants =
        app.db.read(nobody, |tx| Box::pin(async move { Ok(tenants(tx).await?) })).await.map_err(said)?;
    if tenants.is_empty() {
        return Err("there is no subdistrict in this database: nothing was checked".to_owned());
    }
    let mut faults = outside(&app, &tenants, roots).await?;
    for tenant in tenants {
        let asker = Asker::system(tenant.id);
        let verdict = app.db.read(asker, |tx| Box::pin(async move { Ok(journal::verify(tx).await?) }));
        let verdict = verdict.await.map_err(said)?;
        let cases = app.db.read(asker, |tx| Box::pin(async move { Ok(qige_cases::verify(tx).await?) }));
        let cases = cases.await.map_err(said)?;
        let now = app.now();
        let readings =
            app.db.read(asker, move |tx| Box::pin(async move { Ok(verify_readings(tx, now).await?) }));
        let readings = readings.await.map_err(said)?;
        let rooted = app.rooted(asker).await.map_err(said)?;
        println!(
            "{}: {} lines in {} journals, {} of them erased; {} faults in journals, {} in cases, {} in \
             the access log",
            tenant.name,
            verdict.lines,
            verdict.streams,
            verdict.erased,
            verdict.fault_count,
            cases.len(),
            readings.len()
        );
        for fault in &verdict.faults {
            println!("  journal {} {} line {}: {}", fault.stream, fault.id, fault.seq, fault.what);
        }
        for fault in &cases {
            println!("  {fault:?}");
        }
        faults += u64::from(!rooted.holds());
        println!("  {rooted}");
        for (owner, seq) in &readings {
            println!("  access log of {owner}, {seq}: row and line do not fit each other");
        }
        faults += verdict.fault_count + u64::try_from(cases.len() + readings.len()).unwrap_or(u64::MAX);
    }
    if faults == 0 {
        println!("Everything holds.");
        return Ok(());
    }
    Err(format!("{faults} faults"))
}

/// Holds the journals against roots that were kept outside, and counts those that do not hold.
async fn outside(app: &App, tenants: &[Tenant], files: &[PathBuf]) -> Result<u64, String> {
    let mut faults = 0;
    for file in files {
        let named = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("{named}: {error}"))?;
        let (tenant, root) = KeptRoot::read(&text).ok_or(format!("{named} is no root of a journal"))?;
        if !tenants.iter().any(|known| known.id == tenant) {
            return Err(format!("{named} is of a subdistrict that is not in this database"));
        }
        let found = app.holds_against(Asker::system(tenant), &root).await;
        let found = found.map_err(|failure| format!("cannot be checked: {failure}"))?;
        println!("{named}: {found}");
        faults += u64::from(!found.holds());
    }
    Ok(faults)
}
