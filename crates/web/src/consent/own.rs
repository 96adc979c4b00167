//! One's own consents: given, looked at, withdrawn in one step.

use axum::response::Response;
use qige_identity::{ConsentEffect, ConsentStanding, GiveConsent, Scope, Subject, WithdrawConsent};
use qige_kernel::{ConsentId, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::line::{ConsentLine, PurposeCard, all_of, one_of, purpose};
use super::proof;
use crate::{Access, Cx, Done, Fault, Input, Page, Path, Routes, Text, Upload, View, Width};

const HERE: &str = "/me/consents";

pub(super) fn routes() -> Routes {
    const MAY: Access = Access::SignedIn;
    Routes::of("account")
        .get(HERE, MAY, "One's own consents", show)
        .post("/me/consents/to/{purpose}", MAY, "Consent to something", give)
        .get("/me/consents/{id}", MAY, "One consent, and what ends with it", one)
        .get("/me/consents/{id}/proof", MAY, "The signature or the scan that proves it", look)
        .post("/me/consents/{id}/withdraw", MAY, "Withdraw a consent", withdraw)
}

/// One's own consents.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OwnConsentsPage {
    purposes: Vec<PurposeCard>,
    /// What holds no more, the newest first.
    past: Vec<ConsentLine>,
}

impl View for OwnConsentsPage {
    const TEMPLATE: &'static str = "consent/own.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::of("consents-title")
    }

    fn samples() -> Vec<Self> {
        let past = vec![
            ConsentLine::sample(ConsentStanding::Ended),
            ConsentLine::sample(ConsentStanding::Over),
            ConsentLine::sample(ConsentStanding::Outdated),
        ];
        vec![Self { purposes: PurposeCard::samples(), past }, Self { purposes: Vec::new(), past: Vec::new() }]
    }
}

async fn show(cx: Cx) -> Result<Page<OwnConsentsPage>, Fault> {
    let (subject, at, locale) = (oneself(&cx)?, cx.now(), cx.locale());
    let (purposes, past) =
        cx.read(move |tx| Box::pin(async move { all_of(tx, subject, at, locale, &|_| None).await })).await?;
    Ok(Page(OwnConsentsPage { purposes, past }))
}

fn oneself(cx: &Cx) -> Result<Subject, Fault> {
    Ok(Subject::Person(cx.signed_in()?.person))
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Agreed {
    /// The version of the text that was read.
    text_version: i64,
    /// That one has read it and agrees. A drawn signature may come along as the file `signature`.
    #[serde(default)]
    agreed: bool,
}

async fn give(
    cx: Cx,
    Path(to): Path<String>,
    upload: Upload<Agreed>,
) -> Result<Done<OwnConsentsPage>, Fault> {
    let purpose = purpose(&to)?;
    let Agreed { text_version: version, agreed } = upload.value;
    if !agreed {
        return Err(Refusal::invalid("agreed", "consent-not-agreed").into());
    }
    let (id, subject) = (cx.id(), oneself(&cx)?);
    let (proof, object) = proof::taken(&cx, id, upload.files).await?;
    let (scope, stamp) = (Scope::Tenant, cx.stamp(None));
    cx.write(GiveConsent { id, subject, purpose, version, scope, proof, object, guardian: None, stamp })
        .await?;
    Ok(Done::see(HERE).saying(Text::of("consent-given")))
}

/// One consent, and what ends with it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct OwnConsentPage {
    consent: ConsentLine,
}

impl View for OwnConsentPage {
    const TEMPLATE: &'static str = "consent/own_one.html";
    const WIDTH: Width = Width::Narrow;

    fn title(&self) -> Text {
        Text::plain(self.consent.name.clone())
    }

    fn samples() -> Vec<Self> {
        let standings = [ConsentStanding::Holds, ConsentStanding::Ended];
        standings.into_iter().map(|standing| Self { consent: ConsentLine::sample(standing) }).collect()
    }
}

async fn one(cx: Cx, Path(id): Path<ConsentId>) -> Result<Page<OwnConsentPage>, Fault> {
    let (subject, at, locale) = (oneself(&cx)?, cx.now(), cx.locale());
    let consent = cx
        .read(move |tx| {
            Box::pin(async move {
                let Some((row, standing)) = one_of(tx, subject, id, at).await? else { return Ok(None) };
                Ok(Some(ConsentLine::of(tx, row, standing, locale, &|_| None).await?))
            })
        })
        .await?;
    Ok(Page(OwnConsentPage { consent: consent.ok_or_else(Fault::missing)? }))
}

async fn look(cx: Cx, Path(id): Path<ConsentId>) -> Result<Response, Fault> {
    let (subject, at) = (oneself(&cx)?, cx.now());
    let found = cx.read(move |tx| Box::pin(async move { Ok(one_of(tx, subject, id, at).await?) })).await?;
    proof::shown(&cx, found.ok_or_else(Fault::missing)?.0).await
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Nothing {}

async fn withdraw(
    cx: Cx,
    Path(id): Path<ConsentId>,
    _nothing: Input<Nothing>,
) -> Result<Done<OwnConsentPage>, Fault> {
    let command = WithdrawConsent { id, subject: oneself(&cx)?, stamp: cx.stamp(None) };
    if cx.write(command).await?.contains(&ConsentEffect::MembershipEnds) {
        // Nobody is signed in any more who could read what ended.
        return Ok(Done::see("/").saying(Text::of("leave-done")));
    }
    Ok(Done::see(format!("{HERE}/{id}")).saying(Text::of("consent-withdrawn")))
}
