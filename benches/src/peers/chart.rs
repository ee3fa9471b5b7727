//! Bars as SVG.

use std::fmt::Write;

/// A bar of the chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    /// Bars of a group stand together, below its name.
    pub(super) group: String,
    pub(super) name: String,
    /// Ratio to bare `reqwest` with `serde_json::Value`.
    pub(super) ratio: f64,
}

/// Draws bars below each other. A bar that does not fit is cut, and has its number at the end like all others.
pub(super) fn draw(bars: &[Bar]) -> String {
    const WIDTH: f64 = 900.0;
    const NAMES: f64 = 380.0;
    const LINE: f64 = 20.0;
    /// Ratio of the longest bar.
    const MOST: f64 = 2.0;
    let (mut body, mut y, mut group) = (String::new(), 30.0, "");
    for bar in bars {
        if group != bar.group {
            group = &bar.group;
            let _ =
                writeln!(body, "<text x=\"10\" y=\"{:.0}\" font-weight=\"bold\">{}</text>", y + 24.0, escape(group));
            y += 32.0;
        }
        let length = bar.ratio.min(MOST) / MOST * (WIDTH - NAMES - 70.0);
        let color = if bar.name.starts_with("Wharf") { "#2563eb" } else { "#9ca3af" };
        let _ = writeln!(
            body,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{NAMES:.0}\" y=\"{:.0}\" width=\"{length:.1}\" height=\"14\" fill=\"{color}\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\">{:.2}</text>",
            NAMES - 8.0,
            y + 12.0,
            escape(&bar.name),
            y,
            NAMES + length + 6.0,
            y + 12.0,
            bar.ratio,
        );
        y += LINE;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH:.0}\" height=\"{:.0}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"10\" y=\"20\">CPU of the client \
         per call over loopback; bare reqwest with serde_json::Value, without a signature, is 1</text>\n{body}</svg>\n",
        y + 12.0
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_bar_ends_within_the_chart() {
        let bar = |name: &str, ratio| Bar { group: "g <1>".into(), name: name.into(), ratio };
        let svg = draw(&[bar("Wharf, typed", 0.5), bar("other", 30.0)]);
        assert!(svg.contains("g &lt;1>") && svg.contains(">30.00</text>"));
        assert!(svg.contains("width=\"450.0\"") && svg.contains("width=\"112.5\""), "{svg}");
    }
}
