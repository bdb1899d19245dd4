import FoundationEssentials
import Glibc
import Synchronization

/// The station's key, and while keys are exchanged the one that will take its place.
///
/// The next key lies beside the present one until the cluster holds it, and then takes over its file's name. So after
/// any crash there is the present key, or both, or only the new one, and each of them can go on.
public final class StationKeyring: Sendable {
    private struct Keys {
        var current: StationKey
        var next: StationKey?
    }
    private let keys: Mutex<Keys>
    /// Held while files are changed, so that nobody who only looks waits for the disk.
    private let work = Mutex(())
    /// Nil: the key belongs to somebody else, who has to exchange it.
    private let path: String?

    private init(_ keys: Keys, path: String?) {
        self.keys = Mutex(keys)
        self.path = path
    }

    /// A key that is not exchanged from here.
    public convenience init(fixed key: StationKey) {
        self.init(Keys(current: key), path: nil)
    }

    /// Reads the key, or makes one if there is none, and goes on with an exchange that was under way.
    ///
    /// Throws if a file is there and cannot be used.
    public convenience init(path: String) throws(StationKeyError) {
        let current = try StationKey.loadOrCreate(path: path)
        self.init(Keys(current: current, next: try StationKey.load(path: Self.nextPath(path))), path: path)
    }

    /// Where the key lies that will take the place of the one at `path`.
    public static func nextPath(_ path: String) -> String { path + ".next" }

    public var current: StationKey { keys.withLock { $0.current } }
    /// Nil while no exchange is under way.
    public var next: StationKey? { keys.withLock { $0.next } }

    /// Makes the next key, on the disk before this returns; gives the one that is there if an exchange is under way.
    ///
    /// Blocks for as long as the disk takes. Throws if the key belongs to somebody else, or the file cannot be made.
    @discardableResult
    func prepareNext() throws(StationKeyError) -> StationKey {
        guard let path else {
            throw StationKeyError(
                message: "The station's key was handed to the daemon as a credential, so it is exchanged where the "
                    + "credential comes from: put a new key there, restart the daemon and have it approved.")
        }
        return try work.withLock { _ throws(StationKeyError) in
            if let next { return next }
            let made = try StationKey.create(path: Self.nextPath(path))
            keys.withLock { $0.next = made }
            return made
        }
    }

    /// The cluster holds the next key: it is the station's from now on, durably. Does nothing if there is none.
    ///
    /// Blocks for as long as the disk takes. Throws if the file cannot be put in place; then both keys are still there.
    func adoptNext() throws(StationKeyError) {
        try work.withLock { _ throws(StationKeyError) in
            guard let path, let next else { return }
            let nextPath = Self.nextPath(path)
            if rename(nextPath, path) != 0 {
                let code = errno
                // An attempt before this one may have come as far as the renaming.
                guard code == ENOENT, try StationKey.load(path: path)?.publicKey == next.publicKey else {
                    throw StationKeyError("could not be put in place of the former", nextPath, code)
                }
            }
            try KeyFile.syncFolder(of: path)
            keys.withLock { $0 = Keys(current: next) }
        }
    }
}
