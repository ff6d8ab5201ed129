//! Numbers as readers of plots expect them.

/// Digits raised: −12 → ⁻¹².
fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number
        .to_string()
        .chars()
        .map(|c| c.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]))
        .collect()
}

/// At most four significant digits, in scientific notation where that is shorter to read: 0.3679, 1.234·10⁻⁵.
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string().replace("inf", "∞").replace('-', "−");
    }
    let exponent = value.abs().log10().floor() as i32;
    let trim = |text: String| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    };
    let text = if (-3..4).contains(&exponent) {
        trim(format!("{value:.*}", (3 - exponent).max(0) as usize))
    } else {
        let factor = trim(format!("{:.3}", value / 10f64.powi(exponent)));
        let power = format!("10{}", superscript(exponent));
        match factor.as_str() {
            "1" => power,
            "-1" => format!("-{power}"),
            _ => format!("{factor}·{power}"),
        }
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(short(0.367_879), "0.3679");
        assert_eq!(short(-1.2345e-5), "−1.234·10⁻⁵");
        assert_eq!(short(f64::NEG_INFINITY), "−∞");
        assert_eq!(short(12345.0), "1.234·10⁴");
        assert_eq!(short(1e-4), "10⁻⁴");
        assert_eq!(short(-1e5), "−10⁵");
        assert_eq!(short(3.0), "3");
        assert_eq!(short(0.02), "0.02");
        assert_eq!(short(820.0), "820");
    }
}
