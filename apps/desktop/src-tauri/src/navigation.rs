//! What happens with an address that the window is about to open.

use tauri::Url;

#[derive(Debug, PartialEq)]
pub enum Target {
    /// The app itself, or one of the pages that this program brings along.
    Inside,
    /// Links of the page that says why the app cannot run.
    TryAgain,
    ShowLog,
    /// For the system's browser, mail or telephone.
    Outside,
    Nowhere,
}

/// Scheme of links by which the program's own pages ask for something: they have no other way to reach it.
const OWN_SCHEME: &str = "fleet-desktop";

pub fn target_of(url: &Url, server: Option<&Url>) -> Target {
    if is_own_page(url) || server.is_some_and(|server| server.origin() == url.origin()) {
        return Target::Inside;
    }
    match (url.scheme(), url.path()) {
        (OWN_SCHEME, "try-again") => Target::TryAgain,
        (OWN_SCHEME, "log") => Target::ShowLog,
        ("http" | "https" | "mailto" | "tel", _) => Target::Outside,
        _ => Target::Nowhere,
    }
}

/// Whether one of the pages that may ask for something.
pub fn is_own_page(url: &Url) -> bool {
    url.scheme() == "tauri" || (cfg!(windows) && url.host_str() == Some("tauri.localhost"))
}

/// The address of one of the program's own pages, with what it shows behind the hash.
pub fn own_page(name: &str, shown: &str) -> Url {
    let origin = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
    let mut url =
        Url::parse(origin).and_then(|url| url.join(name)).expect("names of our pages are addresses");
    // What is left is encoded by the address itself.
    url.set_fragment(Some(&shown.replace('%', "%25")));
    url
}

/// The page that a link like `bike-fleet://delivery/AB12` leads to; `None` for anything else that a program is started with.
pub fn deep_link(argument: &str) -> Option<String> {
    let url = Url::parse(argument).ok().filter(|url| url.scheme() == "bike-fleet")?;
    let kind = url.host_str().filter(|kind| kind.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
    let id = url.path().trim_matches('/');
    (!id.is_empty() && !id.contains('/')).then(|| format!("/open/{kind}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(address: &str) -> Target {
        let server = Url::parse("http://127.0.0.1:40123").unwrap();
        target_of(&Url::parse(address).unwrap(), Some(&server))
    }

    #[test]
    fn keeps_the_app_and_its_own_pages_inside() {
        for address in [
            "http://127.0.0.1:40123/launch/ab",
            "http://127.0.0.1:40123/#/deliveries",
            "blob:http://127.0.0.1:40123/7d2a",
            "tauri://localhost/failure.html#{}",
        ] {
            assert_eq!(target(address), Target::Inside, "{address}");
        }
    }

    #[test]
    fn sends_everything_else_away() {
        for address in
            ["https://www.openstreetmap.org/copyright", "http://127.0.0.1:40124/", "mailto:a@b.nl", "tel:112"]
        {
            assert_eq!(target(address), Target::Outside, "{address}");
        }
        for address in ["file:///etc/passwd", "data:text/html,x", "javascript:alert(1)", "fleet-desktop:else"]
        {
            assert_eq!(target(address), Target::Nowhere, "{address}");
        }
    }

    #[test]
    fn knows_what_the_failure_page_asks_for() {
        assert_eq!(target("fleet-desktop:try-again"), Target::TryAgain);
        assert_eq!(target("fleet-desktop:log"), Target::ShowLog);
    }

    #[test]
    fn hands_a_page_any_text() {
        let url = own_page("failure.html", "{\"fix\":\"50 % of caf\u{e9}\"}");
        assert_eq!(url.fragment(), Some("{%22fix%22:%2250%20%25%20of%20caf%C3%A9%22}"));
    }

    #[test]
    fn turns_links_into_pages_and_nothing_else() {
        assert_eq!(deep_link("bike-fleet://delivery/AB12"), Some("/open/delivery/AB12".into()));
        assert_eq!(deep_link("bike-fleet://bike/AMS-0001/"), Some("/open/bike/AMS-0001".into()));
        assert_eq!(deep_link("bike-fleet://bike/a\"b c'd"), Some("/open/bike/a%22b%20c'd".into()));
        for other in [
            "/usr/bin/amsterdam-bike-fleet",
            "--help",
            "bike-fleet://delivery",
            "bike-fleet://delivery/",
            "bike-fleet://delivery/a/b",
            "bike-fleet:///AB12",
            "bike-fleet:delivery/AB12",
            "https://delivery/AB12",
            "bike-fleet://user@host.nl/AB12",
        ] {
            assert_eq!(deep_link(other), None, "{other}");
        }
    }
}
