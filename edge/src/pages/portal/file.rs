//! Their lists as files: what a page shows, with its filter, as CSV and JSON.

use super::frame::Frame;
use super::seat::Seat;
use super::{assets, home, profile, rewards};
use crate::ledger::desk::Wanted;
use crate::ledger::file::Cursor;
use crate::ledger::portal::file::Own;
use crate::pages::choice;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use referral::table::{Column, Format, count, flag, money, text};

/// A list of a page that is short enough to be written at once, of the rows its page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Short {
    /// The numbers of every day, of this period and the one before.
    Days,
    Assets,
    Sessions,
}

impl Short {
    /// The word in paths and file names.
    const fn word(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Assets => "assets",
            Self::Sessions => "sessions",
        }
    }

    /// The list and the format of a file's name, `days.csv`.
    pub(super) fn file(name: &str) -> Option<(Self, Format)> {
        let (word, ending) = name.split_once('.')?;
        let short = [Self::Days, Self::Assets, Self::Sessions].into_iter().find(|one| one.word() == word)?;
        Some((short, Format::named(ending)?))
    }

    /// The columns of the file.
    const fn columns(self) -> &'static [Column] {
        match self {
            Self::Days => DAYS,
            Self::Assets => ASSETS,
            Self::Sessions => SESSIONS,
        }
    }
}

/// Where the files of a list are.
pub(super) struct Files {
    /// Which list it is, for whoever does not see what stands beside the links.
    pub(super) label: String,
    pub(super) csv: String,
    pub(super) json: String,
}

impl Files {
    /// The files of a list, with its filter: `?show=sales`, or nothing.
    pub(super) fn new(frame: &Frame, list: Own, filter: &str) -> Self {
        let label = match list {
            Own::Conversions => "portal.nav.conversions",
            Own::Rewards => "portal.nav.rewards",
            Own::Disputes => "portal.nav.disputes",
        };
        Self::at(frame, frame.t(label), list.word(), filter)
    }

    /// The files of a short list.
    pub(super) fn short(frame: &Frame, list: Short, filter: &str) -> Self {
        let label = match list {
            Short::Days => "portal.numbers",
            Short::Assets => "portal.nav.assets",
            Short::Sessions => "portal.sessions",
        };
        Self::at(frame, frame.t(label), list.word(), filter)
    }

    fn at(frame: &Frame, label: &str, word: &str, filter: &str) -> Self {
        let file = |format: Format| frame.to(&format!("{word}.{}{filter}", format.ending()));
        Self { label: label.to_owned(), csv: file(Format::Csv), json: file(Format::Json) }
    }
}

/// A short list of theirs.
pub(super) async fn at_once(seat: &Seat<'_>, list: Short, format: Format) -> Result<Reply, Problem> {
    let rows = match list {
        Short::Days => home::rows(seat).await,
        Short::Assets => assets::rows(seat).await,
        Short::Sessions => profile::rows(seat).await,
    }?;
    let name = format!("{}-{}.{}", seat.program.facts.slug, list.word(), format.ending());
    Ok(Reply::download(name, format.media(), format.whole(list.columns(), &rows)))
}

/// A list of theirs, from its beginning on.
pub(super) async fn show(seat: &Seat<'_>, list: Own, format: Format) -> Result<Reply, Problem> {
    let wanted = match list {
        Own::Conversions => choice::wanted_conversions(seat.visit).1,
        Own::Rewards => rewards::wanted(seat.visit).1,
        Own::Disputes => Wanted::default(),
    };
    let cursor = Cursor {
        table: list.word().to_owned(),
        format: format.ending().to_owned(),
        wanted: serde_json::to_value(Wanted { before: None, ..wanted })?,
        begun: false,
    };
    let name = format!("{}-{}.{}", seat.program.facts.slug, list.word(), format.ending());
    Ok(Reply::streamed(name, format.media(), seat.stream(&cursor, &seat.words).await?))
}

const DAYS: &[Column] = &[
    text("period"),
    text("day"),
    count("clicks"),
    count("friends"),
    count("leads"),
    count("sales"),
    money("rewards"),
    text("currency"),
];
const ASSETS: &[Column] = &[
    text("kind"),
    text("title"),
    text("text"),
    text("url"),
    text("alt"),
    text("media_type"),
    text("locale"),
];
const SESSIONS: &[Column] = &[text("browser"), text("created_at"), text("seen_at"), flag("own")];
