use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

fn swapped(text: &str, one: usize, other: usize) -> String {
    let mut bytes: Vec<u8> = text.bytes().collect();
    bytes.swap(one, other);
    String::from_utf8(bytes).unwrap()
}

fn replaced(text: &str, at: usize, with: u8) -> String {
    let mut bytes: Vec<u8> = text.bytes().collect();
    bytes[at] = with;
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_symbol_of_the_alphabet_folds_to_its_own_value() {
    for (value, byte) in (0_u8..).zip(ALPHABET) {
        assert_eq!(fold(*byte), Some(value));
    }
    for byte in b"u-_ /.@" {
        assert_eq!(fold(*byte), None);
    }
}

#[test]
fn alpha_has_order_31_so_all_weights_differ() {
    let mut seen = Vec::new();
    let mut power = 1;
    for _ in 0..31 {
        assert!(!seen.contains(&power));
        seen.push(power);
        power = times_alpha(power);
    }
    assert_eq!(power, 1);
}

#[test]
fn a_secret_always_gives_the_same_code() {
    // Computed independently, with Python's hashlib.
    assert_eq!(Code::from_secret(&[0; 32]).as_str(), "8ety4n7fwzw");
    assert_ne!(Code::from_secret(&[0; 32]), Code::from_secret(&[1; 32]));
}

#[test]
fn chosen_codes_are_read_as_they_are_meant() {
    let check = |text: &str, expected: Result<&str, CodeError>| {
        let parsed = Code::parse(text);
        assert_eq!(parsed.as_ref().map(Code::as_str), expected.as_ref().map(|code| *code), "{text:?}");
    };
    check("ada", Ok("ada"));
    check("Ada-Lovelace", Ok("ada-lovelace"));
    check("solo", Ok("solo"));
    check("a-1", Ok("a-1"));
    check("unusual-one", Ok("unusual-one"));
    check("z".repeat(32).as_str(), Ok("z".repeat(32).as_str()));
    check("", Err(CodeError::Length));
    check("ab", Err(CodeError::Length));
    check("z".repeat(33).as_str(), Err(CodeError::Length));
    check("-ab", Err(CodeError::Hyphen));
    check("ab-", Err(CodeError::Hyphen));
    check("a--b", Err(CodeError::Hyphen));
    check("a b", Err(CodeError::Character));
    check("a_b", Err(CodeError::Character));
    check("a/b", Err(CodeError::Character));
    check("añb", Err(CodeError::Character));
    check("ada\r\n", Err(CodeError::Character));
    // Eleven Crockford characters: taken for a minted code, and wrong.
    check("thomassmith", Err(CodeError::Check));
}

#[test]
fn a_chosen_code_is_never_reserved_nor_of_minted_shape() {
    for word in RESERVED.iter().filter(|word| word.len() >= 3) {
        assert!(matches!(
            Code::vanity(&word.to_ascii_uppercase()),
            Err(CodeError::Reserved | CodeError::MintedShape)
        ));
    }
    assert!(RESERVED.is_sorted());
    assert_eq!(Code::vanity("Ada-L"), Code::parse("ada-l"));
    assert_eq!(Code::vanity("thomassmith"), Err(CodeError::MintedShape));
    let minted = Code::mint(&[7; 7]);
    assert_eq!(Code::vanity(minted.as_str()), Err(CodeError::MintedShape));
}

#[test]
fn json_is_a_plain_string_and_is_checked_when_read() {
    let code = Code::mint(&[9; 7]);
    let json = serde_json::to_string(&code).unwrap();
    assert_eq!(json, alloc::format!("\"{code}\""));
    assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
    assert!(serde_json::from_str::<Code>("\"a--b\"").is_err());
    assert!(serde_json::from_str::<Code>("7").is_err());
}

proptest! {
    #[test]
    fn minted_codes_read_back_as_themselves(random: [u8; 7]) {
        let code = Code::mint(&random);
        prop_assert_eq!(code.as_str().len(), MINTED_LEN);
        prop_assert!(code.is_minted());
        prop_assert_eq!(Code::parse(code.as_str()), Ok(code));
    }

    #[test]
    fn fifty_bits_make_different_codes(one in 0_u64..1 << 50, other in 0_u64..1 << 50) {
        let mint = |bits: u64| Code::mint(&(bits << 6).to_be_bytes()[1..].try_into().unwrap());
        prop_assert_eq!(one == other, mint(one) == mint(other));
    }

    #[test]
    fn every_single_substitution_is_caught(random: [u8; 7]) {
        let code = Code::mint(&random).to_string();
        for at in 0..MINTED_LEN {
            for with in ALPHABET.iter().chain(b"ilo") {
                if fold(*with) != fold(code.as_bytes()[at]) {
                    prop_assert_eq!(Code::parse(&replaced(&code, at, *with)), Err(CodeError::Check));
                }
            }
        }
    }

    #[test]
    fn every_swap_of_two_characters_is_caught(random: [u8; 7]) {
        let code = Code::mint(&random).to_string();
        for one in 0..MINTED_LEN {
            for other in one + 1..MINTED_LEN {
                if code.as_bytes()[one] != code.as_bytes()[other] {
                    prop_assert_eq!(Code::parse(&swapped(&code, one, other)), Err(CodeError::Check));
                }
            }
        }
    }

    #[test]
    fn case_and_look_alikes_fold_to_the_same_code(random: [u8; 7], choices: [u8; MINTED_LEN]) {
        let code = Code::mint(&random);
        let spoken: String = code.as_str().chars().zip(choices).map(|(symbol, choice)| {
            match (symbol, choice % 6) {
                ('0', 1) => 'o',
                ('0', 2) => 'O',
                ('1', 1) => 'i',
                ('1', 2) => 'I',
                ('1', 3) => 'l',
                ('1', 4) => 'L',
                (symbol, even) if even % 2 == 0 => symbol.to_ascii_uppercase(),
                (symbol, _) => symbol,
            }
        }).collect();
        prop_assert_eq!(Code::parse(&spoken), Ok(code));
    }

    #[test]
    fn nothing_makes_reading_panic_and_the_canonical_form_is_stable(text in ".{0,40}") {
        if let Ok(code) = Code::parse(&text) {
            prop_assert_eq!(Code::parse(code.as_str()), Ok(code));
            prop_assert_eq!(code.to_string(), code.as_str());
        }
    }

    #[test]
    fn chosen_codes_keep_their_letters(text in "[a-zA-Z0-9]{1,10}(-[a-zA-Z0-9]{1,10}){1,2}") {
        let code = Code::vanity(&text);
        prop_assume!(code != Err(CodeError::Length) && code != Err(CodeError::Reserved));
        let code = code.unwrap();
        prop_assert_eq!(code.as_str(), text.to_ascii_lowercase());
        prop_assert!(!code.is_minted());
    }
}
