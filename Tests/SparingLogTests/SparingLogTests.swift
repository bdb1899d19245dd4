import SparingLog
import TestSupport
import Testing
import Vocabulary

struct RepeatLimitTests {
    static let lastOfWindow = RepeatLimit.window - .nanoseconds(1)

    @Test func `of one subject a window lets so many lines through and counts the others`() {
        var limit = RepeatLimit()
        let rulings = (1...13).map { limit.rule("line \($0)", about: "bus", at: Instant(nanoseconds: $0)) }
        #expect(rulings == Array(repeating: .write, count: 9) + [.writeLast] + Array(repeating: .leaveOut, count: 3))
        let other = limit.rule("another", about: "device", at: .zero)
        #expect(other == .write)
        let early = limit.takeEnded(at: .zero + Self.lastOfWindow)
        #expect(early.map(\.count) == [])
        let ended = limit.takeEnded(at: .zero + RepeatLimit.window + .nanoseconds(1))
        #expect(ended == [RepeatLimit.LeftOut(subject: "bus", count: 3, last: "line 13")])
        let again = limit.rule("line 14", about: "bus", at: .zero + RepeatLimit.window + .nanoseconds(1))
        #expect(again == .write)
    }

    @Test func `a window that nobody ends lasts on, so that nothing is left out untold`() {
        var limit = RepeatLimit()
        for number in 1...11 { _ = limit.rule("\(number)", about: "bus", at: .zero) }
        let late = limit.rule("late", about: "bus", at: .zero + RepeatLimit.window * 5)
        #expect(late == .leaveOut)
        let ended = limit.takeEnded(at: .zero + RepeatLimit.window * 5)
        #expect(ended == [RepeatLimit.LeftOut(subject: "bus", count: 2, last: "late")])
    }

    @Test func `a subject that keeps within its lines leaves nothing behind`() {
        var limit = RepeatLimit()
        for number in 1...10 { _ = limit.rule("\(number)", about: "bus", at: .zero) }
        let ended = limit.takeEnded(at: .zero + RepeatLimit.window)
        #expect(ended.isEmpty)
        #expect(limit == RepeatLimit())
    }

    @Test func `more subjects than are counted apart share one window`() {
        var limit = RepeatLimit()
        for number in 0..<RepeatLimit.subjectsLimit { _ = limit.rule("-", about: "device \(number)", at: .zero) }
        let rulings = (0..<11).map { limit.rule("line \($0)", about: "late \($0)", at: .zero) }
        #expect(rulings.suffix(2) == [.writeLast, .leaveOut])
        let ended = limit.takeEnded(at: .zero + RepeatLimit.window)
        #expect(ended == [RepeatLimit.LeftOut(subject: RepeatLimit.otherSubjects, count: 1, last: "line 10")])
    }
}

struct SparingLoggerTests {
    @Test func `the last line says that there is silence now, and the window's end what was left out`() {
        let recorder = LogRecorder()
        var log = SparingLogger(recorder.logger)
        for number in 1...12 { log.log(.error, about: "bus rs485", "down \(number)", at: .zero) }
        #expect(
            recorder.lines.suffix(2) == [
                "error: down 9",
                "error: down 10 (Further lines about bus rs485 are left out for up to 60 min.)",
            ])
        log.tellLeftOut(at: .zero + RepeatLimit.window)
        log.tellLeftOut(at: .zero + RepeatLimit.window * 2)
        #expect(recorder.lines.count == 11)
        #expect(recorder.lines.last == "warning: 2 lines about bus rs485 were left out. The last was: down 12")
    }

    @Test func `a line names the module that it comes from`() {
        let recorder = LogRecorder()
        var log = SparingLogger(recorder.logger)
        for _ in 0...RepeatLimit.linesLimit { log.log(.info, about: "bus", "up", at: .zero) }
        log.tellLeftOut(at: .zero + RepeatLimit.window)
        #expect(Set(recorder.sources) == ["SparingLogTests"])
    }

    @Test func `what the level keeps out uses up no lines`() {
        let recorder = LogRecorder()
        var quiet = recorder.logger
        quiet.logLevel = .error
        var log = SparingLogger(quiet)
        for _ in 0..<20 { log.log(.info, about: "bus", "up", at: .zero) }
        log.log(.error, about: "bus", "down", at: .zero)
        #expect(recorder.lines == ["error: down"])
    }
}
