//! Colours, and whether people can read one on another: WCAG 2's relative luminance, in whole numbers.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A colour of the screen: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Nearly black, as text is on light buttons.
    pub const INK: Self = Self([14, 26, 21]);

    /// Reads `#rrggbb`, and nothing else a style sheet takes for a colour.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        // `from_str_radix` takes a sign.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// This colour with so many hundredths of another in it.
    #[must_use]
    pub fn mixed(self, other: Self, hundredths: u32) -> Self {
        let share = hundredths.min(100);
        let mix = |at: usize| {
            let (own, its) = (u32::from(self.0[at]), u32::from(other.0[at]));
            u8::try_from((own * (100 - share) + its * share + 50) / 100).unwrap_or(u8::MAX)
        };
        Self([mix(0), mix(1), mix(2)])
    }

    /// Relative luminance in millionths: 0 for black, 1,000,000 for white.
    pub fn luminance(self) -> u64 {
        let [red, green, blue] = self.0.map(|part| u64::from(LINEAR[usize::from(part)]));
        (red * 2126 + green * 7152 + blue * 722) / 10_000
    }

    /// The contrast ratio with another colour in hundredths, rounded down: 100 for the same, 2,100 for black on white.
    pub fn contrast(self, other: Self) -> u64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 50_000) * 100 / (one.min(two) + 50_000)
    }

    /// What can be read on this colour: white or ink, else black.
    #[must_use]
    pub fn text_on(self) -> Self {
        let readable = |text: &Self| self.contrast(*text) >= 450;
        [Self::WHITE, Self::INK].into_iter().find(readable).unwrap_or(Self([0; 3]))
    }

    /// This colour moved towards another until it stands out from `paper` by so many hundredths.
    #[must_use]
    pub fn until_seen(self, towards: Self, paper: Self, contrast: u64) -> Self {
        let mut steps = (0..=100).step_by(5).map(|share| self.mixed(towards, share));
        steps.find(|colour| colour.contrast(paper) >= contrast).unwrap_or(towards)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        f.write_str(&format!("#{red:02x}{green:02x}{blue:02x}"))
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a colour")
    }
}

/// What a part of a colour from 0 to 255 is in light, in millionths: the transfer function of sRGB (IEC 61966-2-1).
#[rustfmt::skip]
const LINEAR: [u32; 256] = [
    0, 304, 607, 911, 1214, 1518, 1821, 2125, 2428, 2732, 3035, 3347,
    3677, 4025, 4391, 4777, 5182, 5605, 6049, 6512, 6995, 7499, 8023, 8568,
    9134, 9721, 10_330, 10_960, 11_612, 12_286, 12_983, 13_702, 14_444, 15_209, 15_996, 16_807,
    17_642, 18_500, 19_382, 20_289, 21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321, 28_426,
    29_557, 30_713, 31_896, 33_105, 34_340, 35_601, 36_889, 38_204, 39_546, 40_915, 42_311, 43_735,
    45_186, 46_665, 48_172, 49_707, 51_269, 52_861, 54_480, 56_128, 57_805, 59_511, 61_246, 63_010,
    64_803, 66_626, 68_478, 70_360, 72_272, 74_214, 76_185, 78_187, 80_220, 82_283, 84_376, 86_500,
    88_656, 90_842, 93_059, 95_307, 97_587, 99_899, 102_242, 104_616, 107_023, 109_462, 111_932, 114_435,
    116_971, 119_538, 122_139, 124_772, 127_438, 130_136, 132_868, 135_633, 138_432, 141_263, 144_128, 147_027,
    149_960, 152_926, 155_926, 158_961, 162_029, 165_132, 168_269, 171_441, 174_647, 177_888, 181_164, 184_475,
    187_821, 191_202, 194_618, 198_069, 201_556, 205_079, 208_637, 212_231, 215_861, 219_526, 223_228, 226_966,
    230_740, 234_551, 238_398, 242_281, 246_201, 250_158, 254_152, 258_183, 262_251, 266_356, 270_498, 274_677,
    278_894, 283_149, 287_441, 291_771, 296_138, 300_544, 304_987, 309_469, 313_989, 318_547, 323_143, 327_778,
    332_452, 337_164, 341_914, 346_704, 351_533, 356_400, 361_307, 366_253, 371_238, 376_262, 381_326, 386_429,
    391_572, 396_755, 401_978, 407_240, 412_543, 417_885, 423_268, 428_690, 434_154, 439_657, 445_201, 450_786,
    456_411, 462_077, 467_784, 473_531, 479_320, 485_150, 491_021, 496_933, 502_886, 508_881, 514_918, 520_996,
    527_115, 533_276, 539_479, 545_724, 552_011, 558_340, 564_712, 571_125, 577_580, 584_078, 590_619, 597_202,
    603_827, 610_496, 617_207, 623_960, 630_757, 637_597, 644_480, 651_406, 658_375, 665_387, 672_443, 679_542,
    686_685, 693_872, 701_102, 708_376, 715_694, 723_055, 730_461, 737_910, 745_404, 752_942, 760_525, 768_151,
    775_822, 783_538, 791_298, 799_103, 806_952, 814_847, 822_786, 830_770, 838_799, 846_873, 854_993, 863_157,
    871_367, 879_622, 887_923, 896_269, 904_661, 913_099, 921_582, 930_111, 938_686, 947_307, 955_973, 964_686,
    973_445, 982_251, 991_102, 1_000_000,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_is_the_transfer_function() {
        for (part, light) in (0_u8..=255).zip(LINEAR) {
            let part = f64::from(part) / 255.0;
            let exact = if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
            assert!((exact * 1e6 - f64::from(light)).abs() <= 0.5, "{part}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        for (one, two, hundredths) in [
            ("#000000", "#ffffff", 2100),
            ("#ffffff", "#ffffff", 100),
            // Known pairs on either side of 4.5.
            ("#767676", "#ffffff", 454),
            ("#777777", "#ffffff", 447),
            ("#0000ff", "#ffffff", 859),
            ("#ff0000", "#ffffff", 399),
        ] {
            let colour = |text| Colour::parse(text).unwrap();
            assert_eq!(colour(one).contrast(colour(two)), hundredths, "{one} on {two}");
            assert_eq!(colour(two).contrast(colour(one)), hundredths, "{two} on {one}");
        }
    }

    #[test]
    fn nothing_but_six_digits_is_a_colour() {
        for text in [
            "",
            "#",
            "red",
            "#fff",
            "#ffffff0",
            "ffffff",
            "#ggffff",
            "#+1+1+1",
            "#ﬀﬀ",
            "rgb(0,0,0)",
            "#ffffff;}",
            "url(x)",
            " #ffffff",
        ] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
        assert_eq!(Colour::parse("#FFaa00").unwrap().to_string(), "#ffaa00");
    }

    proptest! {
        #[test]
        fn text_on_any_colour_can_be_read(parts: [u8; 3]) {
            let colour = Colour(parts);
            prop_assert!(colour.contrast(colour.text_on()) >= 450, "{colour}");
        }

        #[test]
        fn a_colour_that_must_be_seen_is(parts: [u8; 3]) {
            let paper = Colour([22, 27, 24]);
            prop_assert!(Colour(parts).until_seen(Colour::WHITE, paper, 450).contrast(paper) >= 450);
        }
    }
}
