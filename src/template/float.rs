//! Floating-point numbers as Go's `strconv.FormatFloat` writes them.

/// Writes a number with an exponent of at least two digits; without a precision, with as few digits as tell it apart.
pub(super) fn exponent(value: f64, precision: Option<usize>, letter: char) -> String {
    let text = match precision {
        Some(digits) => format!("{value:.digits$e}"),
        None => format!("{value:e}"),
    };
    let Some((mantissa, power)) = text.split_once('e') else { return text };
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    format!("{mantissa}{letter}{sign}{power:0>2}")
}

/// Writes a number in whichever of the two forms is shorter (`%g`).
///
/// Without a precision the exponent form begins at a million, with one where the precision ends.
pub(super) fn general(value: f64, precision: Option<usize>, letter: char) -> String {
    if value == 0.0 {
        return format!("{value}");
    }
    let digits = precision.map(|digits| digits.max(1) - 1);
    let scientific = exponent(value, digits, letter);
    let Some((mantissa, power)) = scientific.split_once(letter) else { return scientific };
    let power: i32 = power.parse().unwrap_or_default();
    let limit = digits.map_or(6, |digits| i32::try_from(digits + 1).unwrap_or(i32::MAX));
    if power < -4 || power >= limit {
        let mantissa = without_zeros(mantissa);
        return format!("{mantissa}{letter}{}", &scientific[scientific.find(letter).map_or(0, |at| at + 1)..]);
    }
    match digits {
        None => format!("{value}"),
        Some(digits) => {
            let places = usize::try_from(i64::try_from(digits).unwrap_or(i64::MAX) - i64::from(power)).unwrap_or(0);
            without_zeros(&format!("{value:.places$}")).to_owned()
        }
    }
}

fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}
