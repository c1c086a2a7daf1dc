import Testing

@testable import Bytes

@Suite struct SipHashTests {
    /// The key of the paper's test vectors: bytes 0 to 15.
    private let key = SipKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)

    // SipHash-1-3 of the bytes 0 ..< n, for n from 0, from an implementation in Python that was itself
    // checked against the paper's vector for SipHash-2-4.
    private static let vectors13: [UInt64] = [
        0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d, 0x8bf80ab8e7ddf7fb,
        0xcf75576088d38328, 0xdef9d52f49533b67, 0xc50d2b50c59f22a7, 0xd3927d989bb11140,
        0x369095118d299a8e, 0x25a48eb36c063de4, 0x79de85ee92ff097f, 0x70c118c1f94dc352,
        0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34, 0xd320d86d2a519956,
        0xcc4fdd1a7d908b66, 0x9cf2689063dbd80c, 0x8ffc389cb473e63e, 0xf21f9de58d297d1c,
        0xc0dc2f46a6cce040, 0xb992abfe2b45f844, 0x7ffe7b9ba320872e, 0x525a0e7fdae6c123,
        0xf464aeb267349c8c, 0x45cd5928705b0979, 0x3a3e35e3ca9913a5, 0xa91dc74e4ade3b35,
        0xfb0bed02ef6cd00d, 0x88d93cb44ab1e1f4, 0x540f11d643c5e663, 0x2370dd1f8c21d1bc,
        0x81157b6c16a7b60d, 0x4d54b9e57a8ff9bf, 0x759f12781f2a753e, 0xcea1a3bebf186b91,
        0x2cf508d3ada26206, 0xb6101c2da3c33057, 0xb3f47496ae3a36a1, 0x626b57547b108392,
        0xc1d2363299e41531, 0x667cc1923f1ad944, 0x65704ffec8138825, 0x24f280d1c28949a6,
        0xc2ca1cedfaf8876b, 0xc2164bfc9f042196, 0xa16e9c9368b1d623, 0x49fb169c8b5114fd,
        0x9f3143f8df074c46, 0xc6fdaf2412cc86b3, 0x7eaf49d10a52098f, 0x1cf313559d292f9a,
        0xc44a30dda2f41f12, 0x36fae98943a71ed0, 0x318fb34c73f0bce6, 0xa27abf3670a7e980,
        0xb4bcc0db243c6d75, 0x23f8d852fdb71513, 0x8f035f4da67d8a08, 0xd89cd0e5b7e8f148,
        0xf6f4e6bcf7a644ee, 0xaec59ad80f1837f2, 0xc3b2f6154b6694e0, 0x9d199062b7bbb3a8,
    ]

    // The same for SipHash-2-4; the last is the vector in the paper's appendix A.
    private static let vectors24: [UInt64] = [
        0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
        0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
        0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
        0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
    ]

    @Test(arguments: vectors13.indices)
    func sipHash13Vectors(_ count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        #expect(bytes.withByteView { sipHash13($0, key: key) } == Self.vectors13[count])
    }

    @Test(arguments: vectors24.indices)
    func sipHash24Vectors(_ count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        let hash = bytes.withByteView { sipHash($0, key: key, compressionRounds: 2, finalRounds: 4) }
        #expect(hash == Self.vectors24[count])
    }

    @Test func theKeyMatters() {
        let text = ByteView("key")
        #expect(sipHash13(text, key: .random()) != sipHash13(text, key: .random()))
    }
}
