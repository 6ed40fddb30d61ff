"""Where the program begins: nothing is imported before Ctrl-C can be answered in one line."""

import signal
import sys


def main() -> None:
    """Run the command line and exit."""
    try:
        from bot.cli import main as run
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("huiwen: stopped", file=sys.stderr)
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
