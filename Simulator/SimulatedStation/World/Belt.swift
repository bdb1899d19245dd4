import Vocabulary

/// The belt's motion: pieces of constant acceleration, in each of which it moves in one direction only, so that the
/// time at which a point is reached has one closed solution and no small steps are needed.
struct Belt: Hashable, Sendable {
    struct Piece: Hashable, Sendable {
        var start: Instant
        /// Nil: for ever.
        var end: Instant?
        /// Way travelled since the beginning, mm, at `start`.
        var travel: Double
        /// mm/s at `start`.
        var velocity: Double
        /// mm/s².
        var acceleration: Double

        func travel(at now: Instant) -> Double {
            let seconds = start.seconds(to: now)
            return travel + seconds * (velocity + 0.5 * acceleration * seconds)
        }

        func velocity(at now: Instant) -> Double {
            velocity + acceleration * start.seconds(to: now)
        }

        /// +1 inwards, -1 outwards, 0 at rest, the same within the whole piece.
        var direction: Double {
            if velocity != 0 { return velocity > 0 ? 1 : -1 }
            if acceleration != 0 { return acceleration > 0 ? 1 : -1 }
            return 0
        }

        /// When the way `target` is reached within this piece.
        func time(reaching target: Double) -> Instant? {
            let distance = (target - travel) * direction
            let speed = velocity * direction
            let discriminant = speed * speed + 2 * acceleration * direction * distance
            guard direction != 0, distance > 0, discriminant >= 0 else { return nil }
            let denominator = speed + discriminant.squareRoot()
            guard denominator > 0 else { return nil }
            let reached = start.advanced(bySecondsRoundedUp: 2 * distance / denominator)
            if let end, reached > end { return nil }
            return reached
        }
    }

    /// In order of time; the last one has no end.
    private(set) var pieces: [Piece]
    private(set) var targetVelocity = 0.0

    init(at now: Instant) {
        pieces = [Piece(start: now, end: nil, travel: 0, velocity: 0, acceleration: 0)]
    }

    var current: Piece { pieces[0] }
    var isMoving: Bool { current.direction != 0 }
    var nextChange: Instant? { current.end }

    func travel(at now: Instant) -> Double { current.travel(at: now) }

    /// Goes over into the piece that `now` lies in.
    mutating func proceed(to now: Instant) {
        while let end = current.end, end <= now {
            pieces.removeFirst()
        }
    }

    /// Takes the belt to this velocity within the ramp's time, through rest if the direction changes.
    mutating func drive(at velocity: Double, from now: Instant) {
        guard velocity != targetVelocity else { return }
        targetVelocity = velocity
        let first = current.velocity(at: now)
        var piece = Piece(
            start: now, end: nil, travel: travel(at: now), velocity: first,
            acceleration: (velocity - first) / Timing.beltRampSeconds)
        pieces.removeAll(keepingCapacity: true)
        var rampSeconds = Timing.beltRampSeconds
        if first * velocity < 0 {
            let restSeconds = -first / piece.acceleration
            piece = append(piece, lasting: restSeconds, endVelocity: 0)
            rampSeconds -= restSeconds
        }
        if piece.velocity != velocity {
            piece = append(piece, lasting: rampSeconds, endVelocity: velocity)
        }
        piece.acceleration = 0
        pieces.append(piece)
    }

    private mutating func append(_ piece: Piece, lasting seconds: Double, endVelocity: Double) -> Piece {
        var closed = piece
        let end = piece.start.advanced(bySecondsRoundedUp: seconds)
        closed.end = end
        pieces.append(closed)
        return Piece(
            start: end, end: nil, travel: closed.travel(at: end), velocity: endVelocity,
            acceleration: piece.acceleration)
    }
}

extension Instant {
    func seconds(to other: Instant) -> Double {
        Double(other.nanoseconds - nanoseconds) * 1e-9
    }

    func advanced(bySecondsRoundedUp seconds: Double) -> Instant {
        Instant(nanoseconds: nanoseconds + Int64((seconds * 1e9).rounded(.up)))
    }
}
