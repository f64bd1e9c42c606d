//! Short tables as files: made at once, of the rows their page shows. Long ones are streamed ([`super::file`]).

use super::{file, links, overview, settings};
use crate::pages::desk::Desk;
use crate::pages::frame::Section;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use referral::table::{Column, Format, Kind, count, flag, money, renamed, text};

/// A table of a page that is one question to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages) enum Short {
    /// The numbers of every day, of this period and the one before.
    Days,
    Funnel,
    Leaders,
    Channels,
    Countries,
    Keys,
    Sessions,
    Assets,
}

const ALL: [Short; 8] = [
    Short::Days,
    Short::Funnel,
    Short::Leaders,
    Short::Channels,
    Short::Countries,
    Short::Keys,
    Short::Sessions,
    Short::Assets,
];

impl Short {
    /// The word in paths and file names.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Funnel => "funnel",
            Self::Leaders => "leaders",
            Self::Channels => "channels",
            Self::Countries => "countries",
            Self::Keys => "keys",
            Self::Sessions => "sessions",
            Self::Assets => "assets",
        }
    }

    /// The table and the format of a file's name, `leaders.csv`.
    pub(in crate::pages) fn file(name: &str) -> Option<(Self, Format)> {
        let (word, ending) = name.split_once('.')?;
        Some((ALL.into_iter().find(|short| short.word() == word)?, Format::named(ending)?))
    }

    /// The columns of the file.
    const fn columns(self) -> &'static [Column] {
        match self {
            Self::Days => DAYS,
            Self::Funnel => FUNNEL,
            Self::Leaders => LEADERS,
            Self::Channels => CHANNELS,
            Self::Countries => COUNTRIES,
            Self::Keys => KEYS,
            Self::Sessions => SESSIONS,
            Self::Assets => ASSETS,
        }
    }
}

/// A short table of a program.
pub(in crate::pages) async fn show(desk: &Desk<'_>, short: Short, format: Format) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Overview).await?;
    let rows = match short {
        Short::Days => overview::file::days(desk, &frame).await,
        Short::Funnel => overview::file::funnel(desk, &frame).await,
        Short::Leaders => overview::file::leaders(desk, &frame).await,
        Short::Channels => overview::file::clicks(desk, &frame, "channel").await,
        Short::Countries => overview::file::clicks(desk, &frame, "country").await,
        Short::Keys => settings::file::keys(desk, &frame).await,
        Short::Sessions => settings::file::sessions(desk).await,
        Short::Assets => links::rows(desk).await,
    }?;
    let name = file::named(&frame, short.word(), format);
    Ok(Reply::download(name, format.media(), format.whole(short.columns(), &rows)))
}

const DAYS: &[Column] = &[
    text("period"),
    text("day"),
    count("clicks"),
    count("leads"),
    count("sales"),
    money("revenue"),
    money("rewards"),
    text("currency"),
];
const FUNNEL: &[Column] = &[text("step"), count("count"), count("lost"), flag("leak")];
const LEADERS: &[Column] = &[
    text("referrer_id"),
    text("referrer_code"),
    text("referrer_name"),
    count("leads"),
    count("sales"),
    money("revenue"),
    text("currency"),
];
const CHANNELS: &[Column] = &[text("channel"), count("clicks")];
const COUNTRIES: &[Column] = &[text("country"), count("clicks")];
/// A key is in it where it is no secret: the page shows no other either.
const KEYS: &[Column] =
    &[text("id"), text("kind"), text("key"), text("created_at"), text("expires_at"), flag("own")];
const SESSIONS: &[Column] = &[
    text("id"),
    text("browser"),
    text("created_at"),
    text("seen_at"),
    text("key_id"),
    renamed("person", "opener.person", Kind::Text),
    flag("own"),
];
const ASSETS: &[Column] = &[
    text("id"),
    text("kind"),
    text("title"),
    text("text"),
    text("url"),
    text("alt"),
    text("media_type"),
    count("bytes"),
    text("locale"),
    text("group_id"),
    text("group"),
    text("created_at"),
];
