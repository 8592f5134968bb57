"""Every benchmark, small: `make bench`. The whole sizes are in benchmarks/README.md."""

import subprocess
import sys

SMALL = {
    "gate": [],
    "segments": ["--contacts", "20000", "--events", "200000"],
    "crm_import": ["20000"],
    "slack": [],
    "email_render": ["--messages", "20000"],
    "email_checks": ["--members", "5000"],
    "email_smtp": ["--messages", "300"],
    "records": ["--records", "2000"],
    "duplicates": ["--contacts", "5000"],
    "audit": ["--contacts", "10000"],
    "decay": ["--contacts", "20000"],
    "evals": ["--cases", "100", "--rounds", "1"],
}

if __name__ == "__main__":
    for name, options in SMALL.items():
        command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}", *options]
        print(f"\n== {name} {' '.join(options)}", flush=True)
        subprocess.run(command, check=True)
