import threading
import time

from tools.line import Line


def test_first_come_first_served_and_no_more_than_allowed_at_once() -> None:
    line, order, inside, most = Line(2), [], 0, 0
    guard = threading.Lock()

    def visit(number: int) -> None:
        nonlocal inside, most
        assert line.enter(10)
        with guard:
            order.append(number)
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with guard:
            inside -= 1
        line.leave()

    threads = []
    for number in range(12):
        thread = threading.Thread(target=visit, args=(number,))
        thread.start()
        threads.append(thread)
        time.sleep(0.002)  # they come one after another
    for thread in threads:
        thread.join()
    assert order == list(range(12))
    assert most == 2


def test_whoever_gives_up_leaves_no_gap() -> None:
    line = Line()
    assert line.enter(1)
    assert not line.enter(0.01)
    line.leave()
    assert line.enter(0.01)
