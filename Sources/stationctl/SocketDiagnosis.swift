import Glibc

/// What a person should do when nobody answers on the socket. Asks the file system; `error` is what the attempt gave.
func explainSilence(ofSocket path: String, error: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
        let code = errno
        guard code == ENOENT || code == ENOTDIR else {
            return "The daemon's socket \(path) cannot be looked at: \(String(cString: strerror(code))); "
                + "try again with sudo."
        }
        return
            "There is no socket \(path): the daemon does not run, or its configuration names another operatorSocket. "
            + "Start it with `systemctl start return-station`, or give the socket with --socket."
    }
    guard access(path, R_OK | W_OK) == 0 else {
        let group = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(status.st_gid)"
        return "You may not use the daemon's socket \(path): join its group with `sudo usermod -aG \(group) $USER` and "
            + "log in again, or use sudo."
    }
    return
        "Nobody answers on the daemon's socket \(path). See why with `systemctl status return-station`, then start the "
        + "daemon again. The attempt gave: \(error)"
}
