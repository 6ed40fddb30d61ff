"""Where the program begins: nothing is imported before Ctrl-C can be answered in one line."""

import gc
import sys

# Python looks for cycles at every 700 objects more: a tenth of a command's time, for next to nothing.
_OBJECTS = 100_000


def main() -> None:
    """Run the command line and exit."""
    gc.set_threshold(_OBJECTS, 20, 20)
    sys.unraisablehook = _interrupt_again
    try:
        from bot.interrupts import remember

        remember()
        from bot.cli import main as run
    except KeyboardInterrupt:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("huiwen: stopped", file=sys.stderr)
        sys.exit(130)
    run()


def _interrupt_again(lost: "sys.UnraisableHookArgs") -> None:
    """Give a Ctrl-C that came where no exception can pass (a library's callback) a second, safer moment."""
    if lost.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(lost)
        return
    from _thread import interrupt_main
    from threading import Timer

    Timer(0.01, interrupt_main).start()  # raised here, it would be lost as well


if __name__ == "__main__":
    main()
