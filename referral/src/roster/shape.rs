//! Which column holds what, in the files of which system. The guide says where each shape comes from.

use alloc::string::String;

/// The system a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Our own file of referrers.
    Goodword,
    /// Affiliates of Rewardful.
    Rewardful,
    /// Promoters of `FirstPromoter`.
    FirstPromoter,
    /// Participants of `GrowSurf`.
    GrowSurf,
    /// Partners of Dub.
    Dub,
    /// Anything else: the merchant says what its columns are.
    Other,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The shop's own id of the person, as in identity tokens.
    ExternalId,
    /// E-mail address.
    Email,
    /// Whole name.
    Name,
    /// First name.
    FirstName,
    /// Last name.
    LastName,
    /// A code or link, or several.
    Code,
    /// Name or id of a group of the program.
    Group,
    /// When the person joined.
    JoinedAt,
}

/// Every shape.
pub const SHAPES: &[Shape] =
    &[Shape::Goodword, Shape::Rewardful, Shape::FirstPromoter, Shape::GrowSurf, Shape::Dub, Shape::Other];

/// Every field.
pub const FIELDS: &[Field] = &[
    Field::Code,
    Field::Email,
    Field::Name,
    Field::FirstName,
    Field::LastName,
    Field::ExternalId,
    Field::JoinedAt,
    Field::Group,
];

impl Field {
    /// The word in calls and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::Email => "email",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Code => "code",
            Self::Group => "group",
            Self::JoinedAt => "joined_at",
        }
    }

    /// The field of a word.
    pub fn named(word: &str) -> Option<Self> {
        FIELDS.iter().copied().find(|field| field.word() == word)
    }
}

/// Names that mean the same in every file.
const COMMON: &[(&str, Field)] = &[
    ("email", Field::Email),
    ("emailaddress", Field::Email),
    ("emailid", Field::Email),
    ("name", Field::Name),
    ("fullname", Field::Name),
    ("firstname", Field::FirstName),
    ("lastname", Field::LastName),
    ("externalid", Field::ExternalId),
    ("createdat", Field::JoinedAt),
    ("joinedat", Field::JoinedAt),
    ("joined", Field::JoinedAt),
    ("code", Field::Code),
    ("codes", Field::Code),
    ("referralcode", Field::Code),
];

const GOODWORD: &[(&str, Field)] =
    &[("furthercodes", Field::Code), ("groupid", Field::Group), ("group", Field::Group)];
const REWARDFUL: &[(&str, Field)] = &[
    ("token", Field::Code),
    ("tokens", Field::Code),
    ("linktoken", Field::Code),
    ("linktokens", Field::Code),
    ("link", Field::Code),
    ("links", Field::Code),
    ("linkurl", Field::Code),
    ("affiliateemail", Field::Email),
    ("affiliatefirstname", Field::FirstName),
    ("affiliatelastname", Field::LastName),
    ("affiliatetoken", Field::Code),
];
const FIRST_PROMOTER: &[(&str, Field)] = &[
    ("refid", Field::Code),
    ("refids", Field::Code),
    ("defaultrefid", Field::Code),
    ("reflink", Field::Code),
    ("referrallink", Field::Code),
    ("custid", Field::ExternalId),
    ("customerid", Field::ExternalId),
];
const GROW_SURF: &[(&str, Field)] = &[
    ("id", Field::Code),
    ("participantid", Field::Code),
    ("shareurl", Field::Code),
    ("sharelink", Field::Code),
    ("vanitykeys", Field::Code),
];
const DUB: &[(&str, Field)] = &[
    ("tenantid", Field::ExternalId),
    ("username", Field::Code),
    ("key", Field::Code),
    ("link", Field::Code),
    ("links", Field::Code),
    ("shortlink", Field::Code),
    ("enrolledat", Field::JoinedAt),
];

impl Shape {
    /// The word in calls and forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Goodword => "goodword",
            Self::Rewardful => "rewardful",
            Self::FirstPromoter => "firstpromoter",
            Self::GrowSurf => "growsurf",
            Self::Dub => "dub",
            Self::Other => "other",
        }
    }

    /// The shape of a word.
    pub fn named(word: &str) -> Option<Self> {
        SHAPES.iter().copied().find(|shape| shape.word() == word)
    }

    const fn own(self) -> &'static [(&'static str, Field)] {
        match self {
            Self::Goodword => GOODWORD,
            Self::Rewardful => REWARDFUL,
            Self::FirstPromoter => FIRST_PROMOTER,
            Self::GrowSurf => GROW_SURF,
            Self::Dub => DUB,
            Self::Other => &[],
        }
    }

    /// What a column of this name holds, however it is spaced and capitalised; none where it is not taken over.
    pub fn field(self, header: &str) -> Option<Field> {
        let name: String =
            header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let found = self.own().iter().chain(COMMON).find(|(known, _)| *known == name);
        found.map(|(_, field)| *field)
    }
}
