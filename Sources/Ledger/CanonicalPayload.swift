import ClusterAPI
import FoundationEssentials
import Vocabulary

/// The payloads that every item makes, built by hand as `CanonicalText` is there for. Their texts are our own closed
/// sets of words and permitted names, so nothing in them is ever escaped.
extension PayloadV1.Accepted {
    var canonicalBytes: Data {
        var text = CanonicalText(capacity: 384)
        text.append("{\"item\":")
        text.append(item)
        text.append(",\"passage\":")
        text.append(passage)
        text.append("}")
        return text.data
    }
}

extension PayloadV1.Ended {
    var canonicalBytes: Data {
        var text = CanonicalText(capacity: 384)
        text.append("{\"acceptedSequence\":")
        text.append(acceptedSequence)
        text.appendWord(",\"cause\":", cause)
        text.append(",\"item\":")
        text.append(item)
        text.appendWord(",\"outcome\":", outcome)
        text.append("}")
        return text.data
    }
}

extension PayloadV1.Refused {
    var canonicalBytes: Data {
        var text = CanonicalText(capacity: 256)
        text.append("{\"confidencePermille\":")
        text.append(confidencePermille)
        text.appendNumber(",\"massMilligrams\":", massMilligrams)
        text.appendWord(",\"material\":", material)
        text.appendWord(",\"packagingType\":", packagingType)
        text.append(",\"passage\":")
        text.append(passage)
        text.appendWord(",\"reason\":", reason)
        text.append(",\"withdrawn\":")
        text.append(withdrawn)
        text.append("}")
        return text.data
    }
}

extension CanonicalText {
    fileprivate mutating func append(_ item: PayloadV1.Item) {
        appendWord("{\"bin\":", item.bin)
        append(",\"confidencePermille\":")
        append(item.confidencePermille)
        append(",\"massMilligrams\":")
        append(item.massMilligrams)
        appendWord(",\"massSource\":", item.massSource)
        appendWord(",\"material\":", item.material)
        appendWord(",\"packagingType\":", item.packagingType)
        appendWord(",\"stream\":", item.stream)
        appendNumber(",\"tag\":", item.tag)
        append("}")
    }
}
