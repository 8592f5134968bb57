import threading
import time

from tools.line import Line


def test_first_come_first_served_and_no_more_than_allowed_at_once() -> None:
    line, order, inside, most = Line(2), [], 0, 0
    guard = threading.Lock()

    def visit(number: int) -> None:
        nonlocal inside, most
        assert line.enter(30)
        with guard:
            inside += 1
            most = max(most, inside)
            order.append(number)
        time.sleep(0.01)
        with guard:
            inside -= 1
        line.leave()

    assert line.enter(1)
    assert line.enter(1)
    threads = [threading.Thread(target=visit, args=(number,)) for number in range(12)]
    for waiting, thread in enumerate(threads, 1):
        thread.start()
        while len(line._waiting) < waiting:  # so that they come one after another
            time.sleep(0.001)
    line.leave()
    for _ in range(1_000):  # one at a time first: the order is certain
        if len(order) == 12:
            break
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert order == list(range(12))
    assert most == 1
    line.leave()


def test_as_many_at_once_as_allowed() -> None:
    line = Line(2)
    assert line.enter(0.01)
    assert line.enter(0.01)
    assert not line.enter(0.01)
    line.leave()
    assert line.enter(0.01)


def test_whoever_gives_up_leaves_no_gap() -> None:
    line = Line()
    assert line.enter(1)
    assert not line.enter(0.01)
    line.leave()
    assert line.enter(0.01)
