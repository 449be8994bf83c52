export const HELP = `Usage: d1-lint [options] <folders or files …>
       d1-lint [options] -               read one migration from standard input
       d1-lint explain <rule>            why a rule exists, with examples
       d1-lint rules                     all rules

A folder is read as wrangler reads it, in wrangler's order. For a file its whole folder is read, and what is found in
the file is reported.

  -c, --config <file>         d1-lint.config.json or .ts; by default the nearest one at or above the folder
      --preset <name>         recommended, strict or engine-only
      --fix                   apply the safe fixes
  -f, --format <name>         pretty, json, github, sarif, gitlab or junit; by default
                              github in GitHub Actions, pretty elsewhere
  -o, --output <file>         write the report to a file, and the one for people to standard output
      --max-warnings <n>      fail with more warnings than this
      --since <ref>           report only on files that differ from a git ref
      --stdin-filename <path> the file whose place in its folder standard input takes
      --update-baseline       write the present findings of what is linted into the baseline
      --verbose               show the stack of an error
  -v, --version
  -h, --help

Exit status: 0 clean, 1 findings, 2 could not run.`;
