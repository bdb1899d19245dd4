import StrictYAML

func readCluster(_ cluster: YAMLMapping, folder: String) -> ClusterSettings? {
    let url = cluster.required("url") { $0.string() }
    let authority = cluster.optional("authority") { $0.string() }
    let certificate = cluster.optional("clientCertificate") { $0.string() }
    let key = cluster.optional("clientKey") { $0.string() }
    let period = cluster.optional("period", absent: .seconds(60)) { $0.duration(in: Limits.clusterPeriod) }
    guard let url, let period else { return nil }
    guard isPermitted(url: url) else {
        cluster.place(of: "url").fail(
            "\"\(url)\" is not permitted: counts travel by https://, and by http:// to this machine only")
        return nil
    }
    guard (certificate == nil) == (key == nil) else {
        let (given, missing) = key == nil ? ("clientCertificate", "clientKey") : ("clientKey", "clientCertificate")
        cluster.place(of: given).fail("\(given) is given without \(missing): a certificate needs its key")
        return nil
    }
    let client = certificate.flatMap { certificate in
        key.map { ClientCertificateFiles(certificate: resolve(certificate, in: folder), key: resolve($0, in: folder)) }
    }
    guard client == nil || url.hasPrefix("https://") else {
        cluster.place(of: "clientCertificate").fail(
            "a certificate of the station is shown over https:// only, and url is \"\(url)\"")
        return nil
    }
    return ClusterSettings(
        url: url, authorityFile: authority.map { resolve($0, in: folder) }, client: client, period: period)
}

/// Plain HTTP is for a cluster server on the same machine: a demonstration or a proxy.
private func isPermitted(url: String) -> Bool {
    if url.hasPrefix("https://") { return url.utf8.count > "https://".utf8.count }
    return ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { prefix in
        guard url.hasPrefix(prefix) else { return false }
        let next = url.dropFirst(prefix.count).first
        return next == nil || next == ":" || next == "/"
    }
}
