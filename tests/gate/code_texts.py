r"""Posts full of code and quotes, as people write them, in many notations; nothing in them is a mark.

`AS_THEY_ARE` need no backslash; in `WITH_A_BACKSLASH` something reads as a mark until one stands there.
"""

from __future__ import annotations

AS_THEY_ARE = {
    "Python": r"""
Slices and formats, `a[::2]` and `f"{p:::<10}"`:

```python
def rows(matrix: dict[str, list[int]]) -> None:
    x = matrix["a"][::-1]
    print(f"{x:::>8}", array[[0, 1]], frame[["name", "age"]], [[1, 2], [3, 4]], m[[i]])
    return x[y[z[1]]], lambda: None  # end
```
""",
    "C++": r"""
```cpp
#include <vector>
std::vector<std::vector<int>> grid;
::std::string name;
::operator new(size);
auto it = std::find(v.begin(), v.end(), Level::Confidential);
template <> int f<a::b>() { return ::g(1); }
```

At the start of a line too:
std::move is no move.
""",
    "Rust": r"""
```rust
use std::{fs, io};
::std::mem::drop(x);
let v: Vec<_> = s.split("::").collect::<Vec<_>>();
match x { Some(_) => {}, None => {} }
```
""",
    "Haskell": r"""
```haskell
lift :: Monad m => m a -> t m a
lift
  :: Monad m => m a
insert :: Ord a => a -> Set a -> Set a
data End = End
```
""",
    "R": r"""
Call `stats:::print.lm`, or:

```r
x <- pkg:::internal(df[["name"]], lst[[1]], lst[[i]])
base::paste(a, b)
```
""",
    "bash": r"""
```bash
if [[ -f "$1" && $x == *.md ]]; then echo "${a[$i]}"; fi
[[ $name =~ ^[[:alpha:]]+$ ]] || exit 1
case "$1" in a) echo ok ;; b) echo end ;; esac
grep '[[:space:]]' file
while [[ ! -e lock ]]; do sleep 1; done
```
""",
    "IPv6": r"""
The loopback is
::1 and the rest is 2001:db8::1, or http://[::1]:8080/.

```text
::1 localhost ip6-localhost
::ffff:192.0.2.1
fe00::0 ip6-localnet
```
""",
    "CSS": r"""
```css
::before { content: ":" }
::selection,
p::after { content: "::"; }
a:not(.end)::marker { color: red }
```
""",
    "YAML": r"""
```yaml
level: confidential
matrix: [[1, 2], [3, 4]]
names: [["a", "b"], ["c"]]
"::": quoted
end: 12:30
```
""",
    "Jinja": r"""
Write `{{ name }}` or `{% if x %}`:

```jinja
{% for item in items %}{{ item.name }}{% endfor %}
{{ page.title }} {# a note #} {%- set x = 1 -%}
```

    {% include "header.html" %}
""",
    "JavaScript": r"""
```js
const rows = [[1, 2], [3, 4]], x = a[b[0]];
const s = `${a}::${b}`;
```
""",
    "TOML": r"""
```toml
[[products]]
name = "x"

[[bin]]
path = "src/main.rs"
```
""",
    "attributes of C++": r"""
```cpp
[[nodiscard]] int f();
int g([[maybe_unused]] int x);
```
""",
    "words in brackets": r"""
Corresponds to the `[[EvaluationError]]` field, and to `[[Home]]`.

```wiki
[[Home]] and [[main.page]]
```
""",
    "links in brackets": r"""
Thank you! [[Become a backer](https://a.example/backer)] or [[`0d8a6f1b19`](https://a.example/0d)].
""",
    "regular expressions": r"""
Use `[^\]]*`, `\[a-z]`, `(?::\d+)?` and `[[:digit:]]`.
""",
    "tables": r"""
| a | b |
|:---:|---:|
| one | 1:1 |
""",
    "JSON": r"""
```json
{"a": [[1, 2], [3, 4]], "b": [["x"]], "c": {"d": [[]]}}
```
""",
    "indented code": r"""
Text:

    x = a[[0, 1]]
    ::std::mem::drop(x);
""",
    "quotes": r"""
> “We were told it was confidential,” she said: “and then – in the end – we publish.”
>
> Mail a@b.example about {this} and [that][].
""",
}

WITH_A_BACKSLASH = {
    "pandoc": r"""
::: warning
Mind the gap.
:::

Or in code:

```markdown
:::: {.columns}
::: column
Left.
:::
::::
```
""",
    "a bare format": r"""
Write f"{p:::<10}" to fill with colons, and a::b.
::before is an element.
""",
    "a table of colons": r"""
| a | b |
|:---:|:::|
| ::: | `:::` |
""",
    "wiki links": r"""
See [[Home]] and [[Projects|our projects]], or `[[Page#Heading]]`.

x]] stands alone, and `y]]` too.
""",
    "Rust's arrays": r"""
```rust
let grid: [[u8; 3]; 3] = [[0; 3]; 3];
```
""",
    "git": r"""
```bash
git diff @{upstream} HEAD@{1} main@{yesterday}
```

Use `@{u}` or `@{-1}`.
""",
    "PowerShell": r"""
```powershell
$x = @{Name = 'a'; Size = 1}
```
""",
    "a conflict": r"""
Git shows:

```diff
<<<<<<< HEAD
ours
||||||| base
both
=======
theirs
>>>>>>> branch
```
""",
    "Liquid in prose": r"""
Jekyll knows {% include x.html %}, {{ page.title }} and {% if a %}.
""",
    "prose of numbers": r"""
A matrix is [[1, 2], [3, 4]] in prose.
""",
    "Haskell": r"""
```haskell
lift
  :: Monad m
  => m a
```
""",
    "words near to a mark's": r"""
```python
pairs = [["confident", 1]]
```
""",
    "reStructuredText": r"""
```rst
.. note:: See below
::

   literal
```
""",
}
