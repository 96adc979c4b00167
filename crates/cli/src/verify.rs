//! Whether the journals hold, and the cases, the access log and the points agree with them.

use std::path::{Path, PathBuf};

use qige_app::{App, Verified};
use qige_db::{Asker, Failure};
use qige_identity::{KeptRoot, Tenant, tenants};
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
        let verified = app.verified(Asker::system(tenant.id)).await.map_err(said)?;
        faults += verified.fault_count();
        tell(&tenant, &verified);
    }
    if faults == 0 {
        println!("Everything holds.");
        return Ok(());
    }
    Err(format!("{faults} faults"))
}

/// What was found, on the terminal.
fn tell(tenant: &Tenant, verified: &Verified) {
    let Verified { journals, cases, readings, points, rooted } = verified;
    println!(
        "{}: {} lines in {} journals, {} of them erased; {} faults in journals, {} in cases, {} in the \
         access log, {} in points",
        tenant.name,
        journals.lines,
        journals.streams,
        journals.erased,
        journals.fault_count,
        cases.len(),
        readings.len(),
        points.len()
    );
    for fault in &journals.faults {
        println!("  journal {} {} line {}: {}", fault.stream, fault.id, fault.seq, fault.what);
    }
    for fault in cases {
        println!("  {fault:?}");
    }
    println!("  {rooted}");
    for (owner, seq) in readings {
        println!("  access log of {owner}, {seq}: row and line do not fit each other");
    }
    for fault in points {
        println!("  {fault}");
    }
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
