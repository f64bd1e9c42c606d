//! What a merchant pastes, for the ways in which pages are made. The guide says more of each.

/// What is pasted into a page: from this edge, with this key, for a program that asks for consent or does not.
pub(in crate::pages::dashboard) fn html(origin: &str, key: &str, asks_consent: bool) -> String {
    let consent = if asks_consent { " data-consent=\"required\"" } else { "" };
    format!(
        "<script async src=\"{origin}/goodword.js\" data-program=\"{key}\"{consent}></script>\n\n<goodword-widget></goodword-widget>"
    )
}

/// The ways and what is pasted there.
pub(super) fn snippets(origin: &str, key: &str, asks_consent: bool) -> Vec<(&'static str, String)> {
    let when = |text: &'static str| if asks_consent { text } else { "" };
    let (attribute, property) = (when(" data-consent=\"required\""), when(" consent=\"required\""));
    let option = when(", consent: 'required'");
    let set = when("    tag.setAttribute('data-consent', 'required')\n");
    vec![
        ("html", html(origin, key, asks_consent)),
        (
            "react",
            format!(
                "import {{ GoodwordProvider, GoodwordWidget }} from '@goodword/widget/react'\n\n<GoodwordProvider origin=\"{origin}\" program=\"{key}\"{property}>\n  <GoodwordWidget mode=\"inline\" />\n</GoodwordProvider>"
            ),
        ),
        (
            "vue",
            format!(
                "// vite.config.js\nvue({{ template: {{ compilerOptions: {{ isCustomElement: (tag) => tag.startsWith('goodword-') }} }} }})\n\n// main.js\nimport {{ load }} from '@goodword/widget'\nload({{ origin: '{origin}', program: '{key}'{option} }})\n\n// in a template\n<goodword-widget mode=\"inline\" />"
            ),
        ),
        (
            "wordpress",
            format!(
                "add_action('wp_enqueue_scripts', function () {{\n    wp_enqueue_script('goodword', '{origin}/goodword.js', [], null);\n}});\nadd_filter('script_loader_tag', function ($tag, $handle) {{\n    return $handle === 'goodword' ? str_replace(' src=', ' async data-program=\"{key}\"{attribute} src=', $tag) : $tag;\n}}, 10, 2);\nadd_shortcode('goodword', function () {{\n    return '<goodword-widget></goodword-widget>';\n}});"
            ),
        ),
        (
            "shopify",
            format!(
                "<script async src=\"{origin}/goodword.js\" data-program=\"{key}\"{attribute} data-locale=\"{{{{ request.locale.iso_code }}}}\"></script>\n\n<goodword-widget></goodword-widget>"
            ),
        ),
        (
            "tag_manager",
            format!(
                "<script>\n  (function () {{\n    if (!window.goodword) {{\n      window.goodword = function () {{ goodword.q.push(arguments) }}\n      goodword.q = []\n    }}\n    var tag = document.createElement('script')\n    tag.async = true\n    tag.setAttribute('data-program', '{key}')\n{set}    tag.src = '{origin}/goodword.js'\n    document.head.appendChild(tag)\n  }})()\n</script>"
            ),
        ),
    ]
}
