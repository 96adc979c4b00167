//! Whether the journals hold, and the cases, the access log and the points agree with them.

use std::path::Path;

use qige_app::{App, Verified, root_file};
use qige_db::{Asker, Failure};
use qige_identity::{RootFault, Tenant, tenants};
use qige_kernel::TenantId;
use qige_kernel::uuid::Uuid;

use crate::arguments::{Common, Verify};
use crate::opening::open;

/// A night of which whoever checks knows that it did not hold. They know it from elsewhere: what is kept
/// in the database could be written by whoever changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownNight {
    subdistrict: String,
    number: i64,
}

impl KnownNight {
    /// Reads `niushan/17`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(slug, number)| Some((slug, number.parse().ok()?)));
        let (slug, number) = parts.ok_or("a night is named as niushan/17")?;
        Ok(Self { subdistrict: slug.to_owned(), number })
    }
}

impl Verify {
    /// Whether it is about a night that is over and that is known.
    fn knows(&self, tenant: &Tenant, fault: &RootFault) -> bool {
        let night =
            |known: &KnownNight| known.subdistrict == tenant.slug && Some(known.number) == fault.number;
        fault.what.is_of_the_past() && self.known.iter().any(night)
    }
}

/// Checks every tenant; an error names what does not hold. That there was nothing to check is no good news:
/// a mistyped database would hold for ever.
pub(crate) async fn run(common: &Common, asked: &Verify) -> Result<(), String> {
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
    let mut faults = outside(&app, &tenants, asked).await?;
    for tenant in tenants {
        let verified = app.verified(Asker::system(tenant.id), &asked.root_key).await.map_err(said)?;
        let known = verified.rooted.faults.iter().filter(|fault| asked.knows(&tenant, fault)).count();
        faults += verified.fault_count().saturating_sub(u64::try_from(known).unwrap_or(u64::MAX));
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
    let Verified { journals, cases, readings, consents, points, rooted } = verified;
    println!(
        "{}: {} lines in {} journals, {} of them erased; {} faults in journals, {} in cases, {} in the \
         access log, {} in consents, {} in points, {} in roots",
        tenant.name,
        journals.lines,
        journals.streams,
        journals.erased.values().sum::<u64>(),
        journals.fault_count,
        cases.len(),
        readings.len(),
        consents.len(),
        points.len(),
        rooted.faults.len()
    );
    for (why, count) in &journals.erased {
        println!("  erased because the term of {why} was over: {count}");
    }
    println!("  {rooted}");
    for fault in verified.named() {
        println!("  {fault}");
    }
}

/// Holds the journals against roots that were kept outside, and counts what does not hold.
async fn outside(app: &App, tenants: &[Tenant], asked: &Verify) -> Result<u64, String> {
    let mut faults = 0;
    for path in &asked.root {
        let named = path.display();
        let file = root_file(path).map_err(|error| format!("{named}: {error}"))?;
        let Some((tenant, root)) = &file.said else { return Err(format!("{named} is no root of a journal")) };
        if !tenants.iter().any(|known| known.id == *tenant) {
            return Err(format!("{named} is of a subdistrict that is not in this database"));
        }
        let found = app.holds_against(Asker::system(*tenant), &asked.root_key, &file).await;
        let found = found.map_err(|failure| format!("cannot be checked: {failure}"))?;
        if found.is_empty() {
            println!("{named}: the root of {} holds; what came later is seen by later ones", root.until);
        }
        for fault in &found {
            println!("{named}: {fault}");
        }
        faults += u64::try_from(found.len()).unwrap_or(u64::MAX);
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_named_by_its_subdistrict_and_number() {
        let known = KnownNight { subdistrict: "niushan".to_owned(), number: 17 };
        assert_eq!(KnownNight::read("niushan/17"), Ok(known));
        for text in ["niushan", "17", "niushan/", "niushan/x"] {
            assert!(KnownNight::read(text).is_err(), "{text}");
        }
    }
}
