/* Tests of import/templates: what template code in Markdown becomes, and what is told of the rest.
 */
#include "check.h"

#include "formats/templates.h"

struct row {
	const char *label, *text, *becomes;
};

/* The Markdown it becomes, what is told of it behind. */
static void
check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer out = BUFFER_EMPTY;
		struct strings left = {0};

		check_row(rows[i].label,
		    templates_translate(rows[i].text, strlen(rows[i].text), 10, &out, &left));
		for (size_t k = 0; k < left.count; k++)
			buffer_printf(&out, "== %s", left.items[k]);
		check_row_text(rows[i].label, buffer_text(&out), rows[i].becomes);
		strings_free(&left);
		buffer_free(&out);
	}
}

static void
pictures_films_and_posts_are_links(void **state)
{
	static const struct row rows[] = {
	    {"a figure", "{{< figure src=\"/a b.png\" alt=\"A [b]\" >}}\n",
		"![A &#91;b&#93;](/a%20b.png)\n"},
	    {"a caption", "{{< figure src=\"a.png\" caption=\"A *b*\" />}}", "![A b](a.png)"},
	    {"a caption with a link", "{{< figure src=\"a.png\" title=T caption=\"A [b](c)\" >}}",
		"![A b](a.png) T A [b](c)"},
	    {"words and a caption",
		"{{% figure\n  src='a_(1).png'\n  alt=\"B\"\n  title=`T`\n  caption=\"C\" %}}",
		"![B](a_%281%29.png) T C"},
	    {"by position", "{% image \"a.png\", \"A \\\"b\\\"\" %}{{< img a.png >}}",
		"![A &#34;b&#34;](a.png)![](a.png)"},
	    {"in a block of HTML",
		"<figure>\n  {% image \"a.png\" \"A \\\"b\\\"\" %}\n{{< gist a b >}}\n\n{{< gist a "
		"b >}}",
		"<figure>\n  <img alt=\"A &#34;b&#34;\" src=\"a.png\">\n"
		"<a href=\"https://gist.github.com/a/b\">Code on GitHub</a>\n\n"
		"[Code on GitHub](https://gist.github.com/a/b)"},
	    {"an include",
		"{% include components/figure.html url=\"/a.png\" description=x alt='A' %}",
		"![A](/a.png)"},
	    {"a film",
		"{{< youtube a-B_c >}} {{<youtube id=\"x\" title=\"T\">}} {{ vimeo(id=\"12\") }}",
		"[Video on YouTube](https://www.youtube.com/watch?v=a-B_c) "
		"[T](https://www.youtube.com/watch?v=x) [Video on Vimeo](https://vimeo.com/12)"},
	    {"an included film", "{% include youtube.html id=\"x\" %}",
		"[Video on YouTube](https://www.youtube.com/watch?v=x)"},
	    {"a gist", "{{< gist ida 12 >}} {% gist ida/12 %} {% gist 12 a.c %}",
		"[Code on GitHub](https://gist.github.com/ida/12) "
		"[Code on GitHub](https://gist.github.com/ida/12) "
		"[Code on GitHub](https://gist.github.com/12)"},
	    {"a post", "{{< tweet 12 >}} {{< tweet user=\"ida\" id=\"12\" >}}",
		"[Post on Twitter](https://twitter.com/i/status/12) "
		"[Post on Twitter](https://twitter.com/ida/status/12)"},
	};

	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
links_within_the_site_lead_to_files(void **state)
{
	static const struct row rows[] = {
	    {"ref", "[a]({{< ref \"b c.md#d\" >}}) [e]({{% relref path='/f/g' %}})",
		"[a](b%20c.md#d) [e](/f/g.md)"},
	    {"ref to a folder", "[a]({{< ref \"/b/\" >}}) [a]({{< ref \"#b\" >}})",
		"[a](/b/) [a](#b)"},
	    {"link", "[a]({% link _posts/2025-06-13-b.md %})", "[a](/_posts/2025-06-13-b.md)"},
	    {"post_url", "[a]({{ site.baseurl }}{% post_url 2025-06-13-b %})",
		"[a](2025-06-13-b.md)"},
	    {"the site's own address", "<a href=\"{{ site.url }}{{site.baseurl}}/a/\">b</a>",
		"<a href=\"/a/\">b</a>"},
	    {"a filter",
		"[a]({{ '/b c/' | url }}) ![]({{ \"/d.png\" | relative_url }}) "
		"[e]({{ \"/f\" | prepend: site.baseurl }})",
		"[a](/b%20c/) ![](/d.png) [e](/f)"},
	};

	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
listings_and_raw_text_stay(void **state)
{
	static const struct row rows[] = {
	    {"highlight", "a\n\n{% highlight ruby linenos %}\nb {{ c }}\n{% endhighlight %}\n\nd\n",
		"a\n\n```ruby\nb {{ c }}\n```\n\n\nd\n"},
	    {"Hugo's highlight", "{{< highlight go \"x=1\" >}}```\n{{< /highlight >}}",
		"````go\n```\n````\n"},
	    {"highlight in a list",
		"1. a\n\n   {% highlight c %}\nb\n\n   c\n   {% endhighlight %}\n",
		"1. a\n\n   ```c\n   b\n\n   c\n   ```\n\n"},
	    {"highlight in a line", "a {%highlight c%}b{%endhighlight%}", "a \n\n```c\nb\n```\n"},
	    {"highlight in a block of HTML",
		"<div>\n  {% highlight c %}\nb\n{% endhighlight %}\n</div>\n",
		"<div>\n  \n\n```c\nb\n```\n\n\n</div>\n"},
	    {"a fence", "```\n{{ a }}\n```\n{{ b }}\n",
		"```\n{{ a }}\n```\n{{ b }}\n== line 13 `{{ b }}`"},
	    {"other fences", "> ~~~ c\n> {% a %}\n{% b %}\n",
		"> ~~~ c\n> {% a %}\n{% b %}\n== line 12 `{% b %}`"},
	    {"a fence in a list", "* a\n\n  ```\n  {{ b }}\n\n{{ c }}\n",
		"* a\n\n  ```\n  {{ b }}\n\n{{ c }}\n== line 15 `{{ c }}`"},
	    {"an empty line in a fence", "```\n\n{{ a }}\n\n```\n", "```\n\n{{ a }}\n\n```\n"},
	    {"indented", "a\n\n    {{ b }}\n\n\t{{ c }}\n", "a\n\n    {{ b }}\n\n\t{{ c }}\n"},
	    {"indented in a list", "* a\n\n    {{ b }}\n",
		"* a\n\n    {{ b }}\n== line 12 `{{ b }}`"},
	    {"backticks", "`{{ a }}` ``{% ` %}`` \\`{{ b }}`",
		"`{{ a }}` ``{% ` %}`` \\`{{ b }}`== line 10 `{{ b }}`"},
	    {"a backtick that none ends", "a ` {{ b }}\n\nc `\n",
		"a ` {{ b }}\n\nc `\n== line 10 `{{ b }}`"},
	    {"raw", "{% raw %}{{ a }}\n```\n{% b %}\n```\n{% endraw %}c {{ d }}",
		"{{ a }}\n```\n{% b %}\n```\nc {{ d }}== line 14 `{{ d }}`"},
	    {"raw in a listing",
		"`{% raw %}{{ a }}{% endraw %}`\n```\n{% raw %}\n{{ b }}\n{%- endraw -%}\n```\n",
		"`{{ a }}`\n```\n\n{{ b }}\n\n```\n"},
	    {"what Hugo shows", "{{</* a \"b\" */>}} `{{%/* c */%}}`",
		"{{&#60; a &#34;b&#34; &#62;}} `{{% c %}}`"},
	    {"a sign", "{{ '{{' }} {{ \"*\" }}", "{{ &#42;"},
	    {"comments",
		"a{% comment %}{{ b }}\n{% endcomment %}c{# d #}<!-- {{ e }} -->\n## f {#g}\n",
		"ac<!-- {{ e }} -->\n## f {#g}\n"},
	    {"what is no code", "{ {a} } {{ b\n100{% {{< c", "{ {a} } {{ b\n100{% {{< c"},
	};

	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
what_is_not_known_is_kept_and_told(void **state)
{
	static const struct row rows[] = {
	    {"a shortcode", "a\n{{< notice\n  warning >}}\nb\n{{< /notice >}}\n",
		"a\n{{&#60; notice warning &#62;}}\nb\n{{&#60; /notice &#62;}}\n"
		"== line 11 `{{< notice warning >}}`== line 14 `{{< /notice >}}`"},
	    {"one that looks like HTML", "{{<b>}}", "{{&#60;b&#62;}}== line 10 `{{<b>}}`"},
	    {"Liquid", "{% if a %}b{% endif %}",
		"{% if a %}b{% endif %}== line 10 `{% if a %}`== line 10 `{% endif %}`"},
	    {"a variable", "{% include figure.html src=page.image %}",
		"{% include figure.html src=page.image %}"
		"== line 10 `{% include figure.html src=page.image %}`"},
	    {"the site's name in words", "at {{ site.url }}, {{ site.title }}",
		"at {{ site.url }}, {{ site.title }}== line 10 `{{ site.url }}`== line 10 "
		"`{{ site.title }}`"},
	    {"another filter", "{{ '/a' | upcase }}",
		"{{ '/a' &#124; upcase }}== line 10 `{{ '/a' | upcase }}`"},
	    {"without an end", "{% raw %}{{ a }}",
		"{% raw %}{{ a }}== line 10 `{% raw %}`== line 10 `{{ a }}`"},
	    {"without an argument", "{{< youtube >}}{{< figure >}}{% link %}",
		"{{&#60; youtube &#62;}}{{&#60; figure &#62;}}{% link %}== line 10 `{{< youtube "
		">}}`"
		"== line 10 `{{< figure >}}`== line 10 `{% link %}`"},
	    {"a picture that only the site knows", "{{< img src=a-cup >}}",
		"{{&#60; img src=a-cup &#62;}}== line 10 `{{< img src=a-cup >}}`"},
	    {"an open quotation", "{{< figure src=\"a >}}",
		"{{&#60; figure src=&#34;a &#62;}}== line 10 `{{< figure src=\"a >}}`"},
	    {"a long one", "{{ 123456789 123456789 123456789 123456789 123456789 123456789 }}",
		"{{ 123456789 123456789 123456789 123456789 123456789 123456789 }}"
		"== line 10 `{{ 123456789 123456789 123456789 123456789 123456789 1234567…`"},
	};

	(void)state;
	check_rows(rows, ROWS(rows));
}

/* Each of these, a megabyte long, took minutes when it was looked at to its end again and again. */
static void
a_megabyte_of_code_is_quick(void **state)
{
	static const char *const rows[] = {"{{", "{% raw %}", "{% highlight a %}\n", "` `` ``` ",
	    "<!-- ", "{% endhighlight ", "{#  ", "```\n", "{{< a \"", "`\n\n"};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer text = BUFFER_EMPTY, out = BUFFER_EMPTY;
		struct strings left = {0};

		while (text.len < 1024 * 1024)
			buffer_puts(&text, rows[i]);
		check_row(rows[i], templates_translate(text.data, text.len, 1, &out, &left));
		check_row(rows[i], out.len >= text.len / 2);
		strings_free(&left);
		buffer_free(&text);
		buffer_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pictures_films_and_posts_are_links),
	    cmocka_unit_test(links_within_the_site_lead_to_files),
	    cmocka_unit_test(listings_and_raw_text_stay),
	    cmocka_unit_test(what_is_not_known_is_kept_and_told),
	    cmocka_unit_test(a_megabyte_of_code_is_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
