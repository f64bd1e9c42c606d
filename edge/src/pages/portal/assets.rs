//! What the merchant made for them to share: words with the link and the line that discloses the reward, pictures, files.

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

#[derive(Template)]
#[template(path = "portal/assets.html")]
struct Page {
    assets: Vec<Card>,
    frame: Frame,
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Assets).await?;
    let shown: Vec<Shown> = seat.inside("portal/assets", &()).await?;
    let origin = format!("{}/", seat.isolate.public_origin);
    let own = link(&frame.around.link_base, &frame.around.code, "", Channel::Direct);
    let card = |asset: Shown| {
        // In the asset's own language, so that what is shared is of one piece.
        let spoken = asset.locale.as_deref().and_then(Locale::of_tag).unwrap_or(frame.words.locale);
        let about = vec![frame.words.of("asset", &asset.kind)];
        let mut card = Card::new(&frame.words, about, asset, &origin);
        if !card.text.is_empty() {
            card.text = format!("{}\n{}\n{own}", card.text, panel_words::disclosure(spoken));
        }
        card
    };
    let assets = shown.into_iter().map(card).collect();
    Reply::page(200, &Page { assets, frame })
}

/// A link was copied or kept, as the page's script says while none is known to have been. The script wants no answer; whoever
/// sends it as a form is led back.
pub(super) async fn shared(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let _: bool = seat.inside("portal/shared", &()).await?;
    Ok(Reply::see(&format!("/p/{}", seat.program.facts.slug)))
}
