//! What the shop sells. Pictures are our own drawings in `art/`.

use crate::money::Cents;

/// The two shelves of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// House plants.
    Plants,
    /// Garden tools.
    Tools,
}

/// One thing for sale.
#[derive(Debug)]
pub struct Product {
    /// Its name in a URL.
    pub slug: &'static str,
    /// Its name on the page.
    pub name: &'static str,
    /// Botanical name, or the maker's line for a tool.
    pub epithet: &'static str,
    /// Price of one, tax included.
    pub price: Cents,
    /// Where it stands in the shop.
    pub shelf: Shelf,
    /// One paragraph for its page.
    pub story: &'static str,
    /// Facts in pairs, as a buyer asks them.
    pub facts: &'static [(&'static str, &'static str)],
    /// What the picture shows, for those who cannot see it.
    pub alt: &'static str,
    /// The drawing: our own SVG markup, trusted.
    pub art: &'static str,
}

/// Everything for sale, in the order of the page.
pub static PRODUCTS: [Product; 9] = [
    Product {
        slug: "monstera",
        name: "Monstera",
        epithet: "Monstera deliciosa",
        price: Cents(3900),
        shelf: Shelf::Plants,
        story: "The one everybody stops at. Grown slowly for three years, so it arrives with split leaves and a stem that stands by itself.",
        facts: &[
            ("Height", "about 60 cm with pot"),
            ("Light", "bright, no midday sun"),
            ("Water", "once a week"),
            ("Pot", "terracotta, 17 cm"),
        ],
        alt: "A monstera with seven split leaves in a terracotta pot",
        art: include_str!("../art/monstera.svg"),
    },
    Product {
        slug: "boston-fern",
        name: "Boston fern",
        epithet: "Nephrolepis exaltata",
        price: Cents(2400),
        shelf: Shelf::Plants,
        story: "Happiest in the bathroom, where the air is damp. Cut a tired frond at the bottom and three new ones follow.",
        facts: &[
            ("Height", "about 40 cm with pot"),
            ("Light", "soft, away from the window"),
            ("Water", "keep the soil damp"),
            ("Pets", "safe for cats and dogs"),
        ],
        alt: "A Boston fern with arching fronds in a sage green pot",
        art: include_str!("../art/boston-fern.svg"),
    },
    Product {
        slug: "snake-plant",
        name: "Snake plant",
        epithet: "Dracaena trifasciata",
        price: Cents(2900),
        shelf: Shelf::Plants,
        story: "Forgives a month of holidays and a dark corner. If you have never kept a plant alive, begin here.",
        facts: &[
            ("Height", "about 55 cm with pot"),
            ("Light", "anything but a cupboard"),
            ("Water", "every three weeks"),
            ("Pot", "charcoal, 15 cm"),
        ],
        alt: "A snake plant with banded upright leaves in a charcoal pot",
        art: include_str!("../art/snake-plant.svg"),
    },
    Product {
        slug: "pilea",
        name: "Pilea",
        epithet: "Pilea peperomioides",
        price: Cents(1900),
        shelf: Shelf::Plants,
        story: "Round leaves that turn to the light through the day. It makes small ones around its foot: give them to friends.",
        facts: &[
            ("Height", "about 25 cm with pot"),
            ("Light", "bright, turn it weekly"),
            ("Water", "when the top is dry"),
            ("Pets", "safe for cats and dogs"),
        ],
        alt: "A pilea with twelve round leaves in a cream pot",
        art: include_str!("../art/pilea.svg"),
    },
    Product {
        slug: "pothos",
        name: "Pothos",
        epithet: "Epipremnum aureum",
        price: Cents(2200),
        shelf: Shelf::Plants,
        story: "Hang it high and let it come down to you, a hand's width every month. Comes with the pot and the cotton cord.",
        facts: &[
            ("Length", "about 50 cm, growing"),
            ("Light", "half shade to bright"),
            ("Water", "once a week"),
            ("Pot", "hanging, 14 cm"),
        ],
        alt: "A trailing pothos in a hanging cream pot",
        art: include_str!("../art/pothos.svg"),
    },
    Product {
        slug: "rubber-plant",
        name: "Rubber plant",
        epithet: "Ficus elastica",
        price: Cents(3400),
        shelf: Shelf::Plants,
        story: "A small tree for a bright room. Wipe the leaves with a damp cloth and they shine like polished shoes.",
        facts: &[
            ("Height", "about 70 cm with pot"),
            ("Light", "bright, some morning sun"),
            ("Water", "every ten days"),
            ("Pot", "blue glazed, 17 cm"),
        ],
        alt: "A rubber plant with glossy dark leaves in a blue pot",
        art: include_str!("../art/rubber-plant.svg"),
    },
    Product {
        slug: "watering-can",
        name: "Watering can",
        epithet: "Galvanised steel, 4 litres",
        price: Cents(3200),
        shelf: Shelf::Tools,
        story: "A long spout that reaches the back row and a rose that rains softly. Painted once, mended for ever.",
        facts: &[
            ("Holds", "4 litres"),
            ("Weighs", "1.1 kg empty"),
            ("Made of", "steel, brass rose"),
            ("Guarantee", "10 years"),
        ],
        alt: "A blue steel watering can with a long spout",
        art: include_str!("../art/watering-can.svg"),
    },
    Product {
        slug: "secateurs",
        name: "Secateurs",
        epithet: "Forged steel, bypass blades",
        price: Cents(2700),
        shelf: Shelf::Tools,
        story: "Cuts a finger-thick branch without a crush mark. Every part can be unscrewed, sharpened and replaced.",
        facts: &[
            ("Length", "21 cm"),
            ("Cuts", "up to 20 mm"),
            ("Hand", "left or right"),
            ("Guarantee", "10 years"),
        ],
        alt: "A pair of secateurs with red handles",
        art: include_str!("../art/secateurs.svg"),
    },
    Product {
        slug: "hand-trowel",
        name: "Hand trowel",
        epithet: "Steel blade, ash handle",
        price: Cents(1800),
        shelf: Shelf::Tools,
        story: "One piece of steel from tip to tang, so it does not bend at the neck. The handle is oiled ash that fits the palm.",
        facts: &[
            ("Length", "31 cm"),
            ("Weighs", "280 g"),
            ("Made of", "steel, oiled ash"),
            ("Guarantee", "10 years"),
        ],
        alt: "A hand trowel with a wooden handle",
        art: include_str!("../art/hand-trowel.svg"),
    },
];

/// The product of that name in the URL.
#[must_use]
pub fn find(slug: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|p| p.slug == slug)
}

/// The products on one shelf.
pub fn on(shelf: Shelf) -> impl Iterator<Item = &'static Product> {
    PRODUCTS.iter().filter(move |p| p.shelf == shelf)
}
