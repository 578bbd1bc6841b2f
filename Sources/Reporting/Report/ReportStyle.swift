/// How a report looks: on wide and narrow screens, in the dark, and on paper.
enum ReportStyle {
    static let css = """
        :root{color-scheme:light dark;--line:#c8ccd2;--soft:#f3f4f6;--ink:#1b1e23;--dim:#5b6370;--mark:#2f5f9e;--warn:#8a4b00}
        @media(prefers-color-scheme:dark){:root{--line:#3b414a;--soft:#22262c;--ink:#e8eaed;--dim:#a2aab5;--mark:#8ab4f0;--warn:#f0b060}body{background:#16181c}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:72rem;padding:1rem;color:var(--ink);font:16px/1.5 system-ui,"Noto Sans KR","Noto Sans CJK KR",sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:2px solid var(--line)}h3{font-size:1rem;margin:1rem 0 .3rem}
        p{margin:.4rem 0}.dim,.k{color:var(--dim)}.warn{color:var(--warn);font-weight:600}
        code{font:0.85em/1.4 ui-monospace,"DejaVu Sans Mono",monospace}
        a{color:var(--mark)}bdi{unicode-bidi:isolate}
        table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:start;vertical-align:top}
        th{color:var(--dim);font-weight:600}td.n,th.n{text-align:end;font-variant-numeric:tabular-nums}
        dl.sum{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));gap:.5rem;margin:.8rem 0}
        dl.sum div{background:var(--soft);border-radius:.4rem;padding:.5rem .7rem}dl.sum dt{color:var(--dim);font-size:.85rem}dl.sum dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
        section.place>details>summary,details.u>summary{cursor:pointer;background:var(--soft);border-radius:.4rem;padding:.5rem .7rem;margin:.4rem 0;font-weight:600}
        .f{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:.2rem 1rem;border-bottom:1px solid var(--line);padding:.5rem 0;break-inside:avoid}
        .f>*{min-width:0}.f summary{cursor:pointer;color:var(--mark)}.f ul,details.u ul{margin:.2rem 0;padding-inline-start:1.2rem}
        svg.t{display:block;width:100%;max-width:37.5rem;height:auto;margin:.3rem 0}.lane{fill:var(--line);opacity:.6}.seg{fill:var(--mark)}.band{fill:var(--mark);opacity:.25}
        img{display:block;width:8rem;max-width:100%;height:auto;border-radius:.3rem;margin:.3rem 0}
        @media(max-width:40rem){.f{grid-template-columns:minmax(0,1fr)}table.r thead{display:none}table.r tr{display:block;border-bottom:1px solid var(--line);padding:.4rem 0}table.r td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0;text-align:end}table.r td::before{content:attr(data-k);color:var(--dim);flex:none}}
        @media print{body{max-width:none;padding:0;font-size:10pt}details::details-content{content-visibility:visible;display:block;height:auto}details.pic{display:none}a{color:inherit;text-decoration:none}}

        """
}
