//! What the merchant made for them to share: words with the link and the line that discloses the reward, pictures, files.

use super::file::{Files, Short};
use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::ledger::asset::Shown;
use crate::pages::asset_card::Card;
use crate::pages::panel_words;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::channel::Channel;
use referral::destination::link;
use referral::promise::Locale;
use serde_json::Value;

#[derive(Template)]
#[template(path = "portal/assets.html")]
struct Page {
    assets: Vec<Card>,
    files: Files,
    frame: Frame,
}

/// What they may share: words are followed by the line that discloses the reward and by their link, so that they are shared
/// with both.
async fn shown(seat: &Seat<'_>, frame: &Frame) -> Result<Vec<Shown>, Problem> {
    let shown: Vec<Shown> = seat.inside("portal/assets", &()).await?;
    let own = link(&frame.around.link_base, &frame.around.code, "", Channel::Direct);
    let whole = |mut asset: Shown| {
        // In the asset's own language, so that what is shared is of one piece.
        let spoken = asset.locale.as_deref().and_then(Locale::of_tag).unwrap_or(frame.words.locale);
        asset.text = asset.text.map(|text| format!("{text}\n{}\n{own}", panel_words::disclosure(spoken)));
        asset
    };
    Ok(shown.into_iter().map(whole).collect())
}

/// The same as rows of a file.
pub(super) async fn rows(seat: &Seat<'_>) -> Result<Vec<Value>, Problem> {
    let frame = seat.frame(Section::Assets).await?;
    let assets = shown(seat, &frame).await?;
    Ok(assets.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Assets).await?;
    let shown = shown(seat, &frame).await?;
    let origin = format!("{}/", seat.isolate.public_origin);
    let card = |asset: Shown| {
        let about = vec![frame.words.of("asset", &asset.kind)];
        Card::new(&frame.words, about, asset, &origin)
    };
    let assets = shown.into_iter().map(card).collect();
    let files = Files::short(&frame, Short::Assets, "");
    Reply::page(200, &Page { assets, files, frame })
}

/// A link was copied or kept, as the page's script says while none is known to have been. The script wants no answer; whoever
/// sends it as a form is led back.
pub(super) async fn shared(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let _: bool = seat.inside("portal/shared", &()).await?;
    Ok(Reply::see(&format!("/p/{}", seat.program.facts.slug)))
}
